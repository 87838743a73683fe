/** Two exported networks as one file: the map of one, and S, the logarithm of the scale, of the other. */
import { UnsupportedError } from '../core/errors.ts';
import { decodeModel, encodeModel, type OnnxGraph, type OnnxTensor } from '../graph/onnx/model.ts';
import { IMAGE_INPUT, IMAGE_OUTPUT } from './export.ts';

/** Names of the second network's tensors begin with this, so that the first one's weights keep theirs. */
const PREFIX = 'scale/';
const MAP = 'map';
/** Channel of S among a network's outputs. */
const SCALE_CHANNEL = 1;

export interface ExportedModel {
  readonly bytes: Uint8Array;
  /** Names the file in messages. */
  readonly name: string;
}

/**
 * The file of both: `image` in, `[map, S]` out; text pairs are those of the map's file and `metadata`. Both see the same
 * image, so they must have the same inputs.
 * @throws UnsupportedError `network/opsets` for files of different operator sets; FormatError for a damaged one.
 */
export function pairNetworks(
  map: ExportedModel,
  scale: ExportedModel,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const [first, second] = [map, scale].map(({ bytes, name }) => decodeModel(bytes, name));
  if (JSON.stringify(first!.opsets) !== JSON.stringify(second!.opsets))
    throw new UnsupportedError(
      'network/opsets',
      `${map.name} and ${scale.name} were written for different ONNX operator sets; export both with one version of rhomap.`,
    );
  const own = withNames(first!.graph, (name) => (name === IMAGE_OUTPUT ? MAP : name));
  const other = withNames(second!.graph, (name) => (name === IMAGE_INPUT ? name : `${PREFIX}${name}`));
  const int = (name: string, value: number): OnnxTensor => ({
    ...{ name: `${PREFIX}${name}`, type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(value)) },
  });
  const slicing = [int('from', SCALE_CHANNEL), int('to', SCALE_CHANNEL + 1), int('axis', 1)];
  const logScale = `${PREFIX}channel`;
  const graph: OnnxGraph = {
    ...own,
    outputs: [{ name: IMAGE_OUTPUT, type: 'float32', dims: ['n', 2, 'h', 'w'] }],
    initializers: [...own.initializers, ...other.initializers, ...slicing],
    nodes: [
      ...own.nodes,
      ...other.nodes,
      {
        ...{ opType: 'Slice', name: logScale, outputs: [logScale] },
        inputs: [`${PREFIX}${IMAGE_OUTPUT}`, ...slicing.map(({ name }) => name)],
      },
      {
        ...{ opType: 'Concat', name: 'pair', inputs: [MAP, logScale], outputs: [IMAGE_OUTPUT] },
        attributes: { axis: 1 },
      },
    ],
  };
  return encodeModel({ ...first!, graph, metadata: { ...first!.metadata, ...metadata } });
}

/** The graph with other names of its tensors and nodes; inputs that are not given stay so. */
function withNames(graph: OnnxGraph, rename: (name: string) => string): OnnxGraph {
  const nameOf = (name: string): string => (name === '' ? '' : rename(name));
  return {
    ...graph,
    initializers: graph.initializers.map((tensor) => ({ ...tensor, name: nameOf(tensor.name) })),
    nodes: graph.nodes.map((node) => ({
      ...{ ...node, name: nameOf(node.name) },
      inputs: node.inputs.map(nameOf),
      outputs: node.outputs.map(nameOf),
    })),
  };
}
