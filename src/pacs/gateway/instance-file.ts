/** A DICOM file being received: Part 10 header, then the data set as it comes. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { fileMetaBytes } from '../deidentify/encode.ts';

/** More in memory than this, and the sender waits. */
const MAX_WAITING_BYTES = 4 * 2 ** 20;

export interface InstanceHeader {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
}

interface Flow {
  pause(): void;
  resume(): void;
}

/** Never says "wait" itself, since `dcmjs-dimse` would mix up what follows: it pauses the connection instead. */
export class InstanceFile extends Writable {
  readonly path: string;
  readonly #header: Buffer;
  readonly #maxBytes: number;
  readonly #flow: Flow;
  #file: FileHandle | undefined;
  #nBytes = 0;

  constructor(path: string, header: InstanceHeader, maxBytes: number, flow: Flow) {
    super({ highWaterMark: Number.MAX_SAFE_INTEGER });
    this.path = path;
    this.#header = fileMetaBytes(header.sopClassUid, header.sopInstanceUid, header.transferSyntaxUid);
    this.#maxBytes = maxBytes;
    this.#flow = flow;
  }

  override _construct(callback: (error?: Error | null) => void): void {
    open(this.path, 'wx', 0o600)
      .then(async (file) => {
        this.#file = file;
        await file.write(this.#header);
      })
      .then(() => callback(), callback);
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    this.#nBytes += chunk.length;
    if (this.#nBytes > this.#maxBytes) {
      callback(
        Object.assign(new Error('The instance is larger than allowed.'), { code: 'gateway/too-large' }),
      );
      return;
    }
    if (this.writableLength > MAX_WAITING_BYTES) this.#flow.pause();
    this.#file!.write(chunk).then(() => {
      if (this.writableLength - chunk.length <= MAX_WAITING_BYTES) this.#flow.resume();
      callback();
    }, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    // On disk before the sender is told that it may forget.
    this.#file!.sync().then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const close = async (): Promise<void> => {
      await this.#file?.close();
      if (error || !this.writableFinished) await rm(this.path, { force: true });
    };
    close().then(() => callback(error), callback);
  }
}
