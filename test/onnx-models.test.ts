/**
 * The model files we write, as others read them: ONNX's own checker and Python's ONNX Runtime where they are
 * installed, onnxruntime-node and onnxruntime-web always. The last two must also agree on what the model computes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/core/random.ts';
import type { SessionProvider, Tensor } from '../src/core/session.ts';
import { lower, STANDARD } from '../src/graph/lowering/lower.ts';
import { probeBlock } from '../src/graph/lowering/probe.ts';
import { decodeModel, encodeModel } from '../src/graph/onnx/model.ts';
import { exportInferenceModel } from '../src/network/export.ts';
import { laplaceLoss } from '../src/network/losses.ts';
import { startingParameters, startingStatistics } from '../src/network/network.ts';
import { trainingStep } from '../src/network/training-step.ts';
import { createUnet } from '../src/network/unet.ts';
import { browserSessionProvider } from '../src/runtime/browser/session.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';

const PYTHON = '/usr/bin/python3';
const network = createUnet({ outputChannels: 2, widths: [16, 32] });
const trained = {
  theta: startingParameters(network, createRandom(1)),
  statistics: startingStatistics(network),
};
const step = trainingStep({ network, loss: laplaceLoss(), size: { n: 2, h: 16, w: 32 } });
const node = nodeSessionProvider();
const block = await probeBlock(node);

const models: Record<string, Uint8Array> = {
  'training step': encodeModel(lower(step.program, STANDARD)),
  'network for inference': exportInferenceModel(network, trained),
  'network for inference, 16-bit weights': exportInferenceModel(network, trained, { storage: 'float16' }),
};
const blocked =
  block === null
    ? {}
    : { 'training step, blocked': encodeModel(lower(step.program, { kind: 'blocked', block })) };

/** Free sizes are set to 32. */
function feeds(model: Uint8Array): Record<string, Tensor> {
  const random = createRandom('feeds');
  const inputs = decodeModel(model).graph.inputs.map(({ name, dims }): [string, Tensor] => {
    const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : 32));
    const length = sizes.reduce((product, n) => product * n, 1);
    const stream = random.fork(name);
    // Adam's second moment is not negative.
    return [
      name,
      { type: 'float32', dims: sizes, data: Float32Array.from({ length }, () => Math.abs(stream.normal())) },
    ];
  });
  return Object.fromEntries(inputs);
}

async function outputs(provider: SessionProvider, model: Uint8Array): Promise<Record<string, Tensor>> {
  const session = await provider.createSession(model, { threads: 1 });
  try {
    return await session.run(feeds(model));
  } finally {
    await session.close();
  }
}

describe('a model file', () => {
  it.each(Object.keys(models))('gives the same numbers in onnxruntime-node and -web: %s', async (name) => {
    const [here, there] = [
      await outputs(node, models[name]!),
      await outputs(browserSessionProvider(), models[name]!),
    ];
    for (const output of Object.keys(here)) {
      expect(there[output]!.dims).toEqual(here[output]!.dims);
      const [a, b] = [here[output]!.data, there[output]!.data] as Float32Array[];
      const largest = a!.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
      const difference = a!.reduce((max, x, i) => Math.max(max, Math.abs(x - b![i]!)), 0);
      expect(difference / largest, output).toBeLessThan(1e-4);
    }
  });

  it.each(Object.entries({ ...models, ...blocked }))(
    'is the same after reading and writing: %s',
    (_, bytes) => {
      expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
    },
  );

  const has = (module: string): boolean => spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0;
  const inPython = (script: string, bytes: Uint8Array): string => {
    const folder = mkdtempSync(join(tmpdir(), 'rhomap-onnx-'));
    try {
      const file = join(folder, 'model.onnx');
      writeFileSync(file, bytes);
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', script, file], { encoding: 'utf8' });
      return stdout.trim() || stderr;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  // With full_check ONNX also infers every shape by its own rules, and compares.
  const CHECK = 'import sys, onnx; onnx.checker.check_model(sys.argv[1], full_check=True); print("sound")';
  if (has('onnx'))
    describe('in ONNX itself', () => {
      it.each(Object.entries(models))('passes the checker: %s', (_, bytes) => {
        expect(inPython(CHECK, bytes)).toBe('sound');
      });

      it('fails the checker where it is wrong', () => {
        const { graph, ...rest } = decodeModel(models['training step']!);
        const nodes = graph.nodes.toReversed();
        expect(inPython(CHECK, encodeModel({ ...rest, graph: { ...graph, nodes } }))).toMatch(
          /topologically sorted/,
        );
      });
    });

  if (has('onnxruntime'))
    describe("in Python's ONNX Runtime", () => {
      const LOAD =
        'import sys, onnxruntime as o; o.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"]); print("loads")';
      it.each(Object.entries(models))('loads: %s', (_, bytes) => {
        expect(inPython(LOAD, bytes)).toBe('loads');
      });
    });
});
