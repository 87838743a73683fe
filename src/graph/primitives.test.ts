import { describe, expect, it } from 'vitest';
import { checkGradient, drawInputs, type TestExpression } from '../../test/support/gradient-check.ts';
import { interpret } from '../../test/support/interpreter.ts';
import { primitiveCases, randomSizes } from '../../test/support/primitive-cases.ts';
import { sized, sizeTag } from '../../test/support/size.ts';
import { createRandom } from '../core/random.ts';
import { nodeSessionProvider } from '../runtime/node/session.ts';
import { channelAffine, input, mul, ones, sum } from './build.ts';
import { gradients } from './gradient.ts';
import { canBeBlocked } from './lowering/blocked-context.ts';
import { type Lowering, lower, STANDARD } from './lowering/lower.ts';
import { probeBlock } from './lowering/probe.ts';
import { encodeModel } from './onnx/model.ts';
import type { OpName } from './ops/attributes.ts';
import { topologicalOrder, type Value } from './value.ts';

const ROUNDS = sized(3, 20);
const names = Object.keys(primitiveCases) as OpName[];
const provider = nodeSessionProvider();

/** Runs expressions in ONNX Runtime and gives the largest difference from the interpreter, per output. */
async function runtimeErrors(
  outputs: Readonly<Record<string, Value>>,
  feeds: Readonly<Record<string, Float64Array>>,
  lowering: Lowering,
): Promise<Record<string, number>> {
  const model = lower({ name: 'test', outputs }, lowering);
  const session = await provider.createSession(encodeModel(model), { threads: 1 });
  const tensors = model.graph.inputs.map(({ name, dims }) => [
    name,
    { type: 'float32', dims: dims.map(Number), data: Float32Array.from(feeds[name]!) } as const,
  ]);
  const got = await session.run(Object.fromEntries(tensors));
  await session.close();
  const expected = interpret(Object.values(outputs), feeds);
  return Object.fromEntries(
    Object.keys(outputs).map((name, k) => {
      const { data, shape } = expected[k]!;
      expect(got[name]!.dims).toEqual(shape);
      const scale = data.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1);
      const actual = got[name]!.data as Float32Array;
      return [name, data.reduce((worst, x, i) => Math.max(worst, Math.abs(x - actual[i]!) / scale), 0)];
    }),
  );
}

/** The same image after a blocked kernel has written it, so that what follows finds it in blocked order. */
const inBlocks = (value: Value, block: number): Value =>
  canBeBlocked(value, block) ? channelAffine(value, ones([value.shape[1]!])) : value;

/** The expression, and its gradients for a random weight of every element. */
function withGradients(expression: TestExpression, seed: string, block?: number) {
  const random = createRandom(seed);
  const values = expression.inputs.map(({ shape }, i) => input(`x${i}`, shape));
  const f = expression.output(...values.map((value) => (block ? inBlocks(value, block) : value)));
  const weighted = sum(mul(input('v', f.shape), f));
  const outputs = Object.fromEntries([
    ['f', f],
    ...gradients(weighted, values).map((g, i): [string, Value] => [`g${i}`, g]),
  ]);
  const v = Float64Array.from({ length: f.shape.reduce((a, b) => a * b, 1) }, () =>
    Math.fround(random.normal()),
  );
  const feeds = Object.fromEntries(drawInputs(expression, random).map((data, i) => [`x${i}`, data]));
  return { outputs, feeds: { ...feeds, v } };
}

describe.each(names)(`%s ${sizeTag(ROUNDS, 'rounds')}`, (name) => {
  const cases = primitiveCases[name].flatMap((make, k) =>
    Array.from({ length: ROUNDS }, (_, round) => ({ make, seed: `${name} ${k} ${round}` })),
  );

  it('is used by its cases', () => {
    for (const { make, seed } of cases) {
      const { inputs, output } = make(randomSizes(createRandom(seed)));
      const made = topologicalOrder([output(...inputs.map(({ shape }, i) => input(`x${i}`, shape)))]);
      expect(made.map(({ op }) => op)).toContain(name);
    }
  });

  it.each(cases)('has the right gradient ($seed)', ({ make, seed }) => {
    const random = createRandom(seed);
    checkGradient(make(randomSizes(random)), random);
  });

  it.each(['standard', 'blocked'] as const)('%s operators agree with the interpreter', async (kind) => {
    const block = kind === 'blocked' ? (await probeBlock(provider))! : undefined;
    const lowering: Lowering = block === undefined ? STANDARD : { kind: 'blocked', block };
    for (const { make, seed } of cases) {
      const sizes = randomSizes(createRandom(seed), block);
      const { outputs, feeds } = withGradients(make(sizes), seed, block);
      for (const [output, error] of Object.entries(await runtimeErrors(outputs, feeds, lowering)))
        expect(error, `${seed}: ${output}`).toBeLessThan(1e-5);
    }
  });
});
