/**
 * One stored tensor of a model file, as a typed array and as ONNX's `TensorProto`. Written as raw little-endian bytes,
 * which every reader accepts; read from raw bytes and from the older typed fields. Left out: external data, segments,
 * strings, and number types that no model of ours holds.
 */
import { create, type MessageShape } from '@bufbuild/protobuf';
import { FormatError, ShapeError, UnsupportedError } from '../../core/errors.ts';
import type { Tensor, TensorData, TensorType } from '../../core/session.ts';
import { TensorProto_DataLocation, TensorProto_DataType, TensorProtoSchema } from './onnx_pb.ts';

/** A named tensor held in the file. `data` is row-major; `bool` is 0 or 1 per byte, `float16` the 16 bits. */
export interface OnnxTensor extends Tensor {
  readonly name: string;
}

export type TensorProto = MessageShape<typeof TensorProtoSchema>;

const CODES = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  bool: TensorProto_DataType.BOOL,
} as const satisfies Record<TensorType, number>;

const ARRAYS = {
  float32: Float32Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const satisfies { [T in TensorType]: new (buffer: ArrayBuffer) => TensorData[T] };

/** ONNX's number of a tensor type. */
export function typeCode(type: TensorType): number {
  return CODES[type];
}

/** @throws {UnsupportedError} `onnx/tensor-type` for a type outside {@link TensorType}. */
export function typeOfCode(code: number, where: string): TensorType {
  const found = (Object.keys(CODES) as TensorType[]).find((type) => CODES[type] === code);
  if (found) return found;
  const known = Object.keys(CODES).join(', ');
  throw new UnsupportedError('onnx/tensor-type', `${where}: data type ${code} is not one of ${known}.`);
}

/** @throws {ShapeError} `onnx/tensor-size` if `data` does not fill `dims`, or is of another type than `type` says. */
export function encodeTensor(tensor: OnnxTensor): TensorProto {
  const { name, type, dims, data } = tensor;
  const expected = dims.reduce((product, dim) => product * dim, 1);
  if (data.length !== expected || !(data instanceof ARRAYS[type])) {
    const held = `${data.length} values in a ${data.constructor.name}`;
    throw new ShapeError('onnx/tensor-size', `Tensor "${name}" is ${type}[${dims}], but holds ${held}.`);
  }
  return create(TensorProtoSchema, {
    name,
    dataType: CODES[type],
    dims: dims.map(BigInt),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

/**
 * Copies the values out of the file's bytes, so they are aligned and the file can be freed.
 * @throws {FormatError} `onnx/tensor-size` if the stored values do not fill the stated shape.
 * @throws {UnsupportedError} `onnx/tensor-type`, `onnx/external-data`.
 */
export function decodeTensor(proto: TensorProto, where: string): OnnxTensor {
  const here = `${where}, tensor "${proto.name}"`;
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL || proto.externalData.length > 0) {
    const remedy = 'save the model as a single file.';
    throw new UnsupportedError('onnx/external-data', `${here}: its values are in another file; ${remedy}`);
  }
  const type = typeOfCode(proto.dataType, here);
  const dims = proto.dims.map((dim) => safeNumber(dim, here));
  if (dims.some((dim) => dim < 0))
    throw new FormatError('onnx/tensor-size', here, `shape [${dims}] is negative.`);
  const data = proto.rawData.length > 0 ? fromRaw(proto.rawData, type, here) : fromFields(proto, type);
  const expected = dims.reduce((product, dim) => product * dim, 1);
  if (data.length !== expected) {
    throw new FormatError('onnx/tensor-size', here, `shape [${dims}] does not match ${data.length} values.`);
  }
  return { name: proto.name, type, dims, data };
}

/** A 64-bit integer of the file as a number. @throws {FormatError} `onnx/integer` beyond 2^53. */
export function safeNumber(value: bigint, where: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new FormatError('onnx/integer', where, `${value} is out of range.`);
  return number;
}

function fromRaw(raw: Uint8Array, type: TensorType, here: string): TensorData[TensorType] {
  const bytes = ARRAYS[type].BYTES_PER_ELEMENT;
  if (raw.length % bytes !== 0) {
    throw new FormatError('onnx/tensor-size', here, `${raw.length} bytes are not whole ${type} values.`);
  }
  return new ARRAYS[type](raw.slice().buffer);
}

/** ONNX keeps 16-bit floats and booleans in `int32_data`. */
function fromFields(proto: TensorProto, type: TensorType): TensorData[TensorType] {
  if (type === 'float32') return Float32Array.from(proto.floatData);
  if (type === 'int64') return BigInt64Array.from(proto.int64Data);
  return ARRAYS[type].from(proto.int32Data);
}
