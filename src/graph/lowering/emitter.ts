/**
 * Collects ONNX nodes and constants. Equal nodes and equal constants are made once: a padded image or a transposed
 * weight that two gradients need is computed once, without either of them knowing.
 */
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from '../onnx/model.ts';
import { primitiveOf } from '../ops/index.ts';
import type { Emitter } from '../primitive.ts';
import type { Shape } from '../shape.ts';
import type { Value } from '../value.ts';

/** Operator sets of our models; 18 is the first with everything used here. */
const DEFAULT_OPSET = 18;
const OTHER_OPSET = 1;

export interface ModelEmitter extends Emitter {
  /** Makes a tensor an output of the model under this name. */
  output(name: string, tensor: string, info: Omit<OnnxValueInfo, 'name'>): void;
  /** Everything collected so far, as a model. */
  model(options: { readonly name: string; readonly metadata?: Readonly<Record<string, string>> }): OnnxModel;
}

export function createEmitter(): ModelEmitter {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValueInfo[] = [];
  const outputs: OnnxValueInfo[] = [];
  /** Tensors that get the name of the model's output that they are: an Identity node would copy them. */
  const renamed = new Map<string, string>();
  const known = new Map<string, string>();
  const opsets: Record<string, number> = { '': DEFAULT_OPSET };

  /** The name under `key`, made by `make` the first time. */
  const once = (key: string, make: () => string): string => {
    const name = known.get(key) ?? make();
    known.set(key, name);
    return name;
  };
  const addConstant = (
    tensor: Omit<OnnxTensor, 'name'>,
    name = `constant_${initializers.length}`,
  ): string => {
    initializers.push({ name, ...tensor });
    return name;
  };

  const emitter: ModelEmitter = {
    node(opType, nodeInputs, attributes = {}, domain = '') {
      return once(JSON.stringify([opType, nodeInputs, attributes, domain]), () => {
        const name = `${opType}_${nodes.length}`;
        const extras = {
          ...(domain && { domain }),
          ...(Object.keys(attributes).length > 0 && { attributes }),
        };
        nodes.push({ opType, name, inputs: nodeInputs, outputs: [name], ...extras });
        if (domain) opsets[domain] = OTHER_OPSET;
        return name;
      });
    },
    ints: (values) =>
      once(`ints ${values}`, () =>
        addConstant({ type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) }),
      ),
    floats(data, dims = [], name) {
      const tensor = { type: 'float32', dims, data } as const;
      if (name !== undefined) return once(`constant ${name}`, () => addConstant(tensor, name));
      // Only small constants repeat.
      return data.length > 1024
        ? addConstant(tensor)
        : once(`floats ${dims} : ${data.join()}`, () => addConstant(tensor));
    },
    input: (name: string, dims: Shape) =>
      once(`input ${name}`, () => {
        inputs.push({ name, type: 'float32', dims });
        return name;
      }),
    reshape: (tensor, shape) => emitter.node('Reshape', [tensor, emitter.ints(shape)]),
    output(name, tensor, info) {
      const made = nodes.findIndex((node) => node.outputs[0] === tensor);
      if (made < 0 || renamed.has(tensor))
        nodes.push({ opType: 'Identity', name: `output_${name}`, inputs: [tensor], outputs: [name] });
      else renamed.set(tensor, name);
      outputs.push({ name, ...info });
    },
    model: ({ name, metadata = {} }) => ({
      graph: { name, ...withoutUnused(withNames(nodes, renamed), initializers, outputs), inputs, outputs },
      opsets,
      metadata,
      producer: 'rhomap',
    }),
  };
  return emitter;
}

function withNames(nodes: readonly OnnxNode[], names: ReadonlyMap<string, string>): OnnxNode[] {
  const nameOf = (tensor: string): string => names.get(tensor) ?? tensor;
  return nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(nameOf),
    outputs: node.outputs.map(nameOf),
  }));
}

/** A lowering may emit what a later rule finds unnecessary. */
function withoutUnused(
  nodes: readonly OnnxNode[],
  initializers: readonly OnnxTensor[],
  outputs: readonly OnnxValueInfo[],
): { nodes: OnnxNode[]; initializers: OnnxTensor[] } {
  const needed = new Set(outputs.map(({ name }) => name));
  const kept = nodes.toReversed().filter((node) => {
    const isNeeded = node.outputs.some((name) => needed.has(name));
    if (isNeeded) for (const name of node.inputs) needed.add(name);
    return isNeeded;
  });
  return { nodes: kept.reverse(), initializers: initializers.filter(({ name }) => needed.has(name)) };
}

export type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** Emits a value by standard operators; it must have been expanded. */
export function emitStandard(emitter: Emitter, inputs: readonly string[], value: Value): string {
  const { emit } = primitiveOf(value.op);
  if (!emit) throw new Error(`${value.op} has no emission: expand the graph first`);
  return emit(emitter, inputs, value);
}
