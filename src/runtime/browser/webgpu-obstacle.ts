/** The part of `navigator.gpu` that is asked. */
interface Gpu {
  requestAdapter(): Promise<{
    readonly isFallbackAdapter?: boolean;
    readonly info?: { readonly isFallbackAdapter?: boolean };
  } | null>;
}

/** Why WebGPU is no help here, in words without a full stop; `undefined` where a graphics processor is at hand. */
export async function webgpuObstacle(
  gpu: unknown = (navigator as { gpu?: unknown }).gpu,
): Promise<string | undefined> {
  if (!gpu) return 'this browser has no WebGPU';
  const adapter = await (gpu as Gpu).requestAdapter().catch(() => null);
  if (!adapter) return 'WebGPU finds no graphics processor';
  // Slower than WebAssembly by far.
  if (adapter.isFallbackAdapter || adapter.info?.isFallbackAdapter)
    return 'WebGPU has no graphics processor, only its imitation';
  return undefined;
}
