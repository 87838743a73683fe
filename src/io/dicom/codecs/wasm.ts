/** A decoder object of cornerstone's codecs (embind): its buffers are views into WebAssembly memory. */
interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

export type CodecFactory<K extends string> = (
  options?: Record<string, unknown>,
) => Promise<Record<K, new () => WasmDecoder>>;

export type WasmDecode = (data: Uint8Array) => {
  bytes: Uint8Array;
  bitsPerSample: number;
  width: number;
  height: number;
};

/**
 * Starts a codec. Its chatter is silenced; `wasmUrl` says where a browser finds the binary.
 */
export async function startCodec<K extends string>(
  factory: CodecFactory<K>,
  className: K,
  wasmUrl: ((file: string) => string) | undefined,
): Promise<WasmDecode> {
  const quiet = (): void => {};
  const module = await factory({ print: quiet, printErr: quiet, ...(wasmUrl && { locateFile: wasmUrl }) });
  return (data) => {
    const decoder = new module[className]();
    try {
      decoder.getEncodedBuffer(data.length).set(data);
      decoder.decode();
      const { bitsPerSample, width, height } = decoder.getFrameInfo();
      // The view dies with the decoder: copied.
      return { bytes: decoder.getDecodedBuffer().slice(), bitsPerSample, width, height };
    } finally {
      decoder.delete();
    }
  };
}
