import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../core/session.ts';
import { encodeModel, type OnnxModel } from '../../graph/onnx/model.ts';
import { nodeSessionProvider } from './session.ts';

/** y = x + 1 for any number of rows; every type passes through an Identity. */
const TYPES = ['float32', 'float16', 'int64', 'int32', 'bool'] as const;
const model: OnnxModel = {
  graph: {
    name: 'test',
    nodes: [
      { opType: 'Add', inputs: ['x', 'one'], outputs: ['y'], name: 'add' },
      ...TYPES.map((type) => ({
        opType: 'Identity',
        inputs: [`in.${type}`],
        outputs: [`out.${type}`],
        name: type,
      })),
    ],
    initializers: [{ name: 'one', type: 'float32', dims: [], data: Float32Array.of(1) }],
    inputs: [
      { name: 'x', type: 'float32', dims: ['rows', 2] },
      ...TYPES.map((type) => ({ name: `in.${type}`, type, dims: [3] })),
    ],
    outputs: [
      { name: 'y', type: 'float32', dims: ['rows', 2] },
      ...TYPES.map((type) => ({ name: `out.${type}`, type, dims: [3] })),
    ],
  },
  opsets: { '': 17 },
  metadata: {},
  producer: 'test',
};
const bytes = encodeModel(model);
const x: Tensor = { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
const feeds: Record<string, Tensor> = {
  x,
  'in.float32': { type: 'float32', dims: [3], data: Float32Array.of(1.5, -2, 1e30) },
  'in.float16': { type: 'float16', dims: [3], data: Uint16Array.of(0x3c00, 0x7bff, 0x8001) },
  'in.int64': { type: 'int64', dims: [3], data: BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 63n - 1n) },
  'in.int32': { type: 'int32', dims: [3], data: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1) },
  'in.bool': { type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) },
};

describe('a session on onnxruntime-node', () => {
  it('gives every tensor type back unchanged, and shapes that are free in the model', async () => {
    const session = await nodeSessionProvider().createSession(bytes, { threads: 1 });
    const result = await session.run(feeds);
    for (const type of TYPES) expect(result[`out.${type}`]).toEqual(feeds[`in.${type}`]);
    expect(result['y']).toEqual({ ...x, data: Float32Array.of(2, 3, 4, 5) });
    expect(Object.keys(await session.run(feeds, ['y']))).toEqual(['y']);
    await session.close();
  });

  it('says what is wrong with its inputs', async () => {
    const session = await nodeSessionProvider().createSession(bytes);
    const bad = async (name: string, tensor: Tensor): Promise<string> =>
      session.run({ ...feeds, [name]: tensor }).then(
        () => 'ran',
        (error) => `${error.code}: ${error.message}`,
      );
    expect(await bad('x', { ...x, dims: [4] })).toBe(
      'session/input: Input "x" should be [rows,2], but is [4].',
    );
    expect(await bad('x', { ...x, dims: [1, 4] })).toBe(
      'session/input: Input "x" should be [rows,2], but is [1,4].',
    );
    expect(await bad('x', { ...x, dims: [3, 2] })).toBe(
      'session/input: Input "x" is [3,2], but has 4 values.',
    );
    expect(await bad('x', feeds['in.int32']!)).toBe(
      'session/input: Input "x" should be float32, but is int32.',
    );
    expect(await bad('z', x)).toMatch('session/name: The model has no input "z"; it has x, in.float32');
    await expect(session.run(feeds, ['nothing'])).rejects.toThrow('The model has no output "nothing"');
    await expect(session.run({ x })).rejects.toThrow('input "in.float32" is not given');
    await session.close();
    await session.close();
    await expect(session.run(feeds)).rejects.toMatchObject({ code: 'session/closed' });
  });

  it('says that a model is not one', async () => {
    const { createSession } = nodeSessionProvider({ logSeverity: 4 });
    await expect(createSession(bytes.subarray(0, 100))).rejects.toMatchObject({ code: 'session/model' });
    const nodes = model.graph.nodes.map((node) => ({
      ...node,
      domain: node.name === 'add' ? 'nowhere' : '',
    }));
    const unknown = encodeModel({
      ...model,
      graph: { ...model.graph, nodes },
      opsets: { '': 17, nowhere: 1 },
    });
    await expect(createSession(unknown)).rejects.toThrow(/nowhere/);
  });

  it('hands options through to the runtime', async () => {
    const provider = nodeSessionProvider({ runtimeOptions: { graphOptimizationLevel: 'nonsense' as 'all' } });
    await expect(provider.createSession(bytes)).rejects.toThrow(/nonsense|graphOptimizationLevel/);
  });

  it('names what is missing where the library is absent or another version', () => {
    const other = { env: { versions: { node: '1.29.1' } } };
    expect(() => nodeSessionProvider({}, () => other as never)).toThrow(
      'onnxruntime-node is 1.29.1, but 1.30.0 is needed: run "npm ci"',
    );
    expect(nodeSessionProvider().description).toBe('onnxruntime-node 1.30.0 cpu');
    const onAnotherMachine = `
      Object.defineProperty(process, 'arch', { value: 'mips' });
      const { nodeSessionProvider } = await import('${new URL('./session.ts', import.meta.url)}');
      try { nodeSessionProvider() } catch (error) { console.log(error.code, error.message) }`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', onAnotherMachine], {
      encoding: 'utf8',
    });
    expect(out).toMatch(/^session\/missing-binary .* does not load on \w+ mips: run "npm ci" again/);
  });
});
