/** Finds out whether a runtime has the blocked kernels, and how many channels it puts in a block. */
import type { SessionProvider } from '../../core/session.ts';
import { encodeModel } from '../onnx/model.ts';
import { BLOCKED_DOMAIN } from './blocked-context.ts';
import { createEmitter } from './emitter.ts';

const CHANNELS = 64;

/** The block size B, or null where there are no such kernels. */
export async function probeBlock(provider: SessionProvider): Promise<number | null> {
  const emitter = createEmitter();
  const dims = [1, CHANNELS, 1, 2];
  const image = emitter.input('image', dims);
  emitter.output('blocked', emitter.node('ReorderInput', [image], {}, BLOCKED_DOMAIN), {
    type: 'float32',
    dims,
  });
  const bytes = encodeModel(emitter.model({ name: 'block probe' }));
  try {
    const session = await provider.createSession(bytes, { threads: 1 });
    try {
      const data = Float32Array.from({ length: 2 * CHANNELS }, (_, i) => i);
      const { blocked } = await session.run({ image: { type: 'float32', dims, data } });
      // Two pixels of 64 channels, numbered along the rows: number 1 is channel 0 of the second pixel, and stands
      // behind the first block of the first pixel.
      const block = (blocked!.data as Float32Array).indexOf(1);
      return block === 8 || block === 16 ? block : null;
    } finally {
      await session.close();
    }
  } catch {
    // Every runtime but ONNX Runtime's CPU provider refuses the operator; the refusal is the answer.
    return null;
  }
}
