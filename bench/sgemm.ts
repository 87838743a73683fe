/** The yardstick of the machine: float32 matrix multiplication by the same runtime and threads, in GFLOP/s. */
import type { SessionProvider, Tensor } from '../src/core/session.ts';
import { encodeModel } from '../src/graph/onnx/model.ts';
import { arbitrary } from './reference-work.ts';

const SIDE = 1536;
const REPEATS = 12;

/** The median over a second or so. */
export async function sgemmGflops(provider: SessionProvider, threads: number): Promise<number> {
  const dims = [SIDE, SIDE];
  const matrix = (name: string) => ({ name, type: 'float32' as const, dims });
  const model = encodeModel({
    graph: {
      name: 'sgemm',
      nodes: [{ opType: 'MatMul', inputs: ['a', 'b'], outputs: ['c'], name: 'multiply' }],
      initializers: [],
      inputs: [matrix('a'), matrix('b')],
      outputs: [matrix('c')],
    },
    opsets: { '': 17 },
    metadata: {},
    producer: 'rhomap',
  });
  const session = await provider.createSession(model, { threads });
  const data: Tensor = { type: 'float32', dims, data: arbitrary(SIDE * SIDE) };
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    await session.run({ a: data, b: data });
    times.push(performance.now() - start);
  }
  await session.close();
  const ms = times.slice(2).toSorted((a, b) => a - b)[(REPEATS - 2) >> 1]!;
  return (2 * SIDE ** 3) / ms / 1e6;
}
