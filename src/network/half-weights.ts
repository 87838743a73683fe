/** A model with its weights stored in 16 bits: half the file, each weight rounded to 11 significant bits. */
import { OptionError } from '../core/errors.ts';
import type { OnnxModel, OnnxTensor } from '../graph/onnx/model.ts';
import { fromFloat16, toFloat16 } from './float16.ts';

/**
 * Stores every weight as float16 and casts it when the model is loaded.
 * @throws OptionError `network/float16-range` if a weight is too large for 16 bits.
 */
export function withHalfWeights(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const isWeight = (tensor: OnnxTensor): boolean => tensor.type === 'float32' && tensor.dims.length > 0;
  const weights = graph.initializers.filter(isWeight);
  const casts = weights.map(({ name }) => ({
    opType: 'Cast',
    name: `cast_${name}`,
    inputs: [name],
    outputs: [`${name}.float32`],
    attributes: { to: 1 },
  }));
  const cast = new Set(weights.map(({ name }) => name));
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (cast.has(name) ? `${name}.float32` : name)),
  }));
  const initializers = graph.initializers.map((tensor) => (isWeight(tensor) ? halved(tensor) : tensor));
  return { ...model, graph: { ...graph, initializers, nodes: [...casts, ...nodes] } };
}

function halved({ name, dims, data }: OnnxTensor): OnnxTensor {
  const bits = toFloat16(data as Float32Array);
  if (!fromFloat16(bits).every(Number.isFinite))
    throw new OptionError(
      'network/float16-range',
      `${name} has a number beyond ±65504, which float16 cannot store; store the model as float32.`,
    );
  return { name, type: 'float16', dims, data: bits };
}
