/**
 * An ONNX model as a plain record, to and from the bytes of an `.onnx` file. The record has what our graphs and
 * exported networks use; control flow, functions, sparse tensors and sequence types are left out on purpose and
 * refused when met. Names and meanings are ONNX's own (https://onnx.ai/onnx/repo-docs/IR.html).
 */
import { create, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { FormatError, OptionError, UnsupportedError } from '../../core/errors.ts';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  ValueInfoProtoSchema,
} from './onnx_pb.ts';
import { decodeTensor, encodeTensor, type OnnxTensor, safeNumber, typeCode, typeOfCode } from './tensor.ts';

export type { OnnxTensor } from './tensor.ts';

/** A bare number is ONNX's INT and must be a whole number; a bare list is INTS. */
export type OnnxAttribute =
  | number
  | { readonly float: number }
  | string
  | readonly number[]
  | { readonly floats: readonly number[] }
  | { readonly tensor: OnnxTensor };

export interface OnnxNode {
  readonly opType: string;
  /** Names of values; `''` stands for an optional input that is not given. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name: string;
  /** Absent: ONNX's default domain. */
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxValueInfo {
  readonly name: string;
  readonly type: OnnxTensor['type'];
  /** A string names a size that is free when the model runs; `''` is free and unnamed. */
  readonly dims: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
}

export interface OnnxModel {
  readonly graph: OnnxGraph;
  /** Operator-set version of every domain used; `''` is ONNX's default domain. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Free text pairs stored with the model (`metadata_props`). */
  readonly metadata: Readonly<Record<string, string>>;
  /** Name of the program that wrote the file. */
  readonly producer: string;
}

/** Goes with operator sets 15 to 18; higher ones are refused by readers of 2022, and we need nothing of them. */
const IR_VERSION = 8n;

/** Far above any network here; bounds what a hostile file can make us allocate. */
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * The bytes of an `.onnx` file.
 * @throws {ShapeError} `onnx/tensor-size` if an initialiser's values do not fill its shape.
 * @throws {OptionError} `onnx/attribute` if an integer attribute is not a whole number.
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  const { graph } = model;
  const message = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: model.producer,
    opsetImport: Object.entries(model.opsets).map(([domain, version]) => ({
      domain,
      version: BigInt(version),
    })),
    metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      node: graph.nodes.map(encodeNode),
      initializer: graph.initializers.map(encodeTensor),
      input: graph.inputs.map(encodeValueInfo),
      output: graph.outputs.map(encodeValueInfo),
    },
  });
  return toBinary(ModelProtoSchema, message);
}

/**
 * Reads an `.onnx` file. Values are copied, so `bytes` may be reused.
 * @param where names the file in messages.
 * @throws {FormatError} `onnx/…` if the bytes are damaged, truncated or too many.
 * @throws {UnsupportedError} `onnx/…` if the model is sound but uses what {@link OnnxModel} leaves out.
 */
export function decodeModel(bytes: Uint8Array, where = 'ONNX model'): OnnxModel {
  const message = parse(bytes, where);
  if (!message.graph || message.opsetImport.length === 0) {
    throw new FormatError('onnx/damaged', where, 'it has no graph or no operator set; is this an ONNX file?');
  }
  if (message.functions.length > 0 || message.trainingInfo.length > 0) {
    throw new UnsupportedError('onnx/functions', `${where}: model functions and training info are not read.`);
  }
  return {
    graph: decodeGraph(message.graph, where),
    opsets: Object.fromEntries(message.opsetImport.map((o) => [o.domain, safeNumber(o.version, where)])),
    metadata: Object.fromEntries(message.metadataProps.map(({ key, value }) => [key, value])),
    producer: message.producerName,
  };
}

function parse(bytes: Uint8Array, where: string): ModelProto {
  if (bytes.length > MAX_BYTES) {
    const limit = `${MAX_BYTES / 2 ** 20} MiB`;
    throw new FormatError(
      'onnx/too-large',
      where,
      `${bytes.length} bytes are more than the limit of ${limit}.`,
    );
  }
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    // Also a RangeError: the stack, when subgraphs are nested thousands deep.
    throw new FormatError('onnx/damaged', where, 'the file is damaged, truncated or not ONNX.', { cause });
  }
}

function decodeGraph(graph: GraphProto, where: string): OnnxGraph {
  if (graph.sparseInitializer.length > 0) {
    throw new UnsupportedError('onnx/sparse', `${where}: sparse initialisers are not read.`);
  }
  return {
    name: graph.name,
    nodes: graph.node.map((node) => decodeNode(node, where)),
    initializers: graph.initializer.map((tensor) => decodeTensor(tensor, where)),
    inputs: graph.input.map((value) => decodeValueInfo(value, where)),
    outputs: graph.output.map((value) => decodeValueInfo(value, where)),
  };
}

function encodeNode(node: OnnxNode): NodeProto {
  return create(NodeProtoSchema, {
    opType: node.opType,
    name: node.name,
    input: [...node.inputs],
    output: [...node.outputs],
    ...(node.domain ? { domain: node.domain } : {}),
    attribute: Object.entries(node.attributes ?? {}).map(([name, value]) =>
      encodeAttribute(name, value, node),
    ),
  });
}

function decodeNode(node: NodeProto, where: string): OnnxNode {
  const here = `${where}, node "${node.name || node.opType}"`;
  const attributes = node.attribute.map((attribute) => [attribute.name, decodeAttribute(attribute, here)]);
  return {
    opType: node.opType,
    name: node.name,
    inputs: node.input,
    outputs: node.output,
    ...(node.domain ? { domain: node.domain } : {}),
    ...(attributes.length > 0 ? { attributes: Object.fromEntries(attributes) } : {}),
  };
}

type AttributeProto = MessageShape<typeof AttributeProtoSchema>;

function encodeAttribute(name: string, value: OnnxAttribute, node: OnnxNode): AttributeProto {
  const int = (x: number): bigint => {
    if (Number.isSafeInteger(x)) return BigInt(x);
    const remedy = 'write { float } for a real number.';
    throw new OptionError(
      'onnx/attribute',
      `Attribute ${name} of ${node.opType} is ${x}, not an integer; ${remedy}`,
    );
  };
  if (typeof value === 'number') {
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: int(value) });
  }
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.STRING,
      s: new TextEncoder().encode(value),
    });
  }
  if ('float' in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if ('floats' in value) {
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...value.floats] });
  }
  if ('tensor' in value) {
    return create(AttributeProtoSchema, { name, type: AttributeType.TENSOR, t: encodeTensor(value.tensor) });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(int) });
}

function decodeAttribute(proto: AttributeProto, where: string): OnnxAttribute {
  const here = `${where}, attribute ${proto.name}`;
  switch (proto.type) {
    case AttributeType.INT:
      return safeNumber(proto.i, here);
    case AttributeType.FLOAT:
      return { float: proto.f };
    case AttributeType.STRING:
      return text(proto.s, here);
    case AttributeType.INTS:
      return proto.ints.map((value) => safeNumber(value, here));
    case AttributeType.FLOATS:
      return { floats: proto.floats };
    case AttributeType.TENSOR:
      if (!proto.t) throw new FormatError('onnx/damaged', here, 'its tensor is missing.');
      return { tensor: decodeTensor(proto.t, here) };
    default:
      throw new UnsupportedError('onnx/attribute', `${here}: attribute type ${proto.type} is not read.`);
  }
}

function text(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError('onnx/damaged', where, 'its text is not UTF-8.', { cause });
  }
}

type ValueInfoProto = MessageShape<typeof ValueInfoProtoSchema>;

function encodeValueInfo(info: OnnxValueInfo): ValueInfoProto {
  const dim = info.dims.map((size) => {
    if (size === '') return {};
    if (typeof size === 'string') return { value: { case: 'dimParam' as const, value: size } };
    return { value: { case: 'dimValue' as const, value: BigInt(size) } };
  });
  return create(ValueInfoProtoSchema, {
    name: info.name,
    type: { value: { case: 'tensorType', value: { elemType: typeCode(info.type), shape: { dim } } } },
  });
}

function decodeValueInfo(info: ValueInfoProto, where: string): OnnxValueInfo {
  const here = `${where}, value "${info.name}"`;
  const type = info.type?.value;
  if (type?.case !== 'tensorType' || !type.value.shape) {
    throw new UnsupportedError('onnx/value-type', `${here}: it is not a tensor of stated rank.`);
  }
  const dims = type.value.shape.dim.map(({ value }) => {
    if (value.case === 'dimValue') return safeNumber(value.value, here);
    return value.case === 'dimParam' ? value.value : '';
  });
  return { name: info.name, type: typeOfCode(type.value.elemType, here), dims };
}
