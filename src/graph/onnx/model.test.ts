import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RhomapError } from '../../core/errors.ts';
import type { Tensor } from '../../core/session.ts';
import { decodeModel, encodeModel, type OnnxAttribute, type OnnxModel, type OnnxNode } from './model.ts';
import { AttributeProto_AttributeType, ModelProtoSchema, TensorProto_DataType } from './onnx_pb.ts';

const name = fc.string({ unit: 'grapheme', maxLength: 12 });
const dims = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const int = fc.maxSafeInteger();
const float = fc.float({ noNaN: true });

const values: { [T in Tensor['type']]: (n: number) => fc.Arbitrary<Tensor['data']> } = {
  float32: (n) => fc.array(fc.float(), { minLength: n, maxLength: n }).map((a) => Float32Array.from(a)),
  float16: (n) => fc.uint16Array({ minLength: n, maxLength: n }),
  int64: (n) => fc.bigInt64Array({ minLength: n, maxLength: n }),
  int32: (n) => fc.int32Array({ minLength: n, maxLength: n }),
  bool: (n) => fc.uint8Array({ minLength: n, maxLength: n, max: 1 }),
};
const type = fc.constantFrom(...(Object.keys(values) as Tensor['type'][]));
const tensor = fc
  .tuple(name, type, dims)
  .chain(([name, type, dims]) =>
    values[type](dims.reduce((product, dim) => product * dim, 1)).map((data) => ({ name, type, dims, data })),
  );

const attribute: fc.Arbitrary<OnnxAttribute> = fc.oneof(
  int,
  float.map((x) => ({ float: x })),
  fc.string({ unit: 'grapheme' }),
  fc.array(int),
  fc.array(float).map((floats) => ({ floats })),
  tensor.map((t) => ({ tensor: t })),
);
const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const record = <T>(value: fc.Arbitrary<T>, minKeys = 0) =>
  fc.dictionary(key, value, { minKeys, noNullPrototype: true });
const node: fc.Arbitrary<OnnxNode> = fc
  .record({
    opType: name,
    inputs: fc.array(name),
    outputs: fc.array(name),
    name,
    domain: name,
    attributes: record(attribute),
  })
  .map(({ domain, attributes, ...rest }) => ({
    ...rest,
    ...(domain ? { domain } : {}),
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
  }));
const valueInfo = fc.record({ name, type, dims: fc.array(fc.oneof(fc.nat(), name)) });
const model: fc.Arbitrary<OnnxModel> = fc.record({
  graph: fc.record({
    name,
    nodes: fc.array(node, { maxLength: 4 }),
    initializers: fc.array(tensor, { maxLength: 4 }),
    inputs: fc.array(valueInfo, { maxLength: 3 }),
    outputs: fc.array(valueInfo, { maxLength: 3 }),
  }),
  opsets: record(fc.nat(), 1),
  metadata: record(name),
  producer: name,
});

const small: OnnxModel = {
  graph: {
    name: 'g',
    nodes: [
      {
        opType: 'Conv',
        inputs: ['x', 'w', ''],
        outputs: ['y'],
        name: 'n',
        attributes: { pads: [1, 1], group: 1 },
      },
      { opType: 'Relu', inputs: ['y'], outputs: ['z'], name: 'r', domain: 'com.microsoft' },
    ],
    initializers: [{ name: 'w', type: 'float32', dims: [2, 2], data: Float32Array.of(1, -2, 3, 4) }],
    inputs: [{ name: 'x', type: 'float32', dims: ['n', 2] }],
    outputs: [{ name: 'z', type: 'float32', dims: ['n', 2] }],
  },
  opsets: { '': 17, 'com.microsoft': 1 },
  metadata: { made: 'by hand' },
  producer: 'test',
};

describe('a model file', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(model, (m) => {
        expect(decodeModel(encodeModel(m))).toEqual(m);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('is the same bytes for the same model', () => {
    expect(encodeModel(small)).toEqual(encodeModel(decodeModel(encodeModel(small))));
  });

  it('holds its own copy of the values, aligned whatever their place in the file', () => {
    const bytes = encodeModel(small);
    for (let shift = 0; shift < 4; shift++) {
      const moved = new Uint8Array(bytes.length + 4);
      moved.set(bytes, shift);
      const read = decodeModel(moved.subarray(shift, shift + bytes.length));
      moved.fill(0);
      expect(read).toEqual(small);
    }
  });

  it.each<[string, number, object, Tensor['data']]>([
    ['float32', TensorProto_DataType.FLOAT, { floatData: [0.5, -1] }, Float32Array.of(0.5, -1)],
    ['int64', TensorProto_DataType.INT64, { int64Data: [5n, -7n] }, BigInt64Array.of(5n, -7n)],
    ['int32', TensorProto_DataType.INT32, { int32Data: [5, -7] }, Int32Array.of(5, -7)],
    [
      'float16',
      TensorProto_DataType.FLOAT16,
      { int32Data: [0x3c00, 0xbc00] },
      Uint16Array.of(0x3c00, 0xbc00),
    ],
    ['bool', TensorProto_DataType.BOOL, { int32Data: [1, 0] }, Uint8Array.of(1, 0)],
  ])('is read where %s values are in typed fields', (type, dataType, fields, data) => {
    const initializer = [{ name: 'w', dims: [2n], dataType, ...fields }];
    const message = create(ModelProtoSchema, { opsetImport: [{ version: 17n }], graph: { initializer } });
    const read = decodeModel(toBinary(ModelProtoSchema, message));
    expect(read.graph.initializers).toEqual([{ name: 'w', type, dims: [2], data }]);
  });
});

describe('a hostile file', () => {
  const codeOf = (bytes: Uint8Array): string => {
    try {
      decodeModel(bytes);
      return 'read';
    } catch (error) {
      if (error instanceof RhomapError) return error.code;
      throw error;
    }
  };
  type Init = Parameters<typeof create<typeof ModelProtoSchema>>[1];
  const bytesOf = (init: Init) =>
    toBinary(ModelProtoSchema, create(ModelProtoSchema, { opsetImport: [{ version: 17n }], ...init }));

  it('gives a model or a typed error, wherever a byte is wrong', () => {
    const bytes = encodeModel(small);
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const wrong = bytes.slice();
        wrong[at]! ^= flip;
        codeOf(wrong);
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => codeOf(noise) !== ''),
      { seed: 2 },
    );
  });

  it('is refused where it is cut off, unless the cut is between two fields', () => {
    const bytes = encodeModel(small);
    const codes = Array.from(bytes, (_, length) => codeOf(bytes.subarray(0, length)));
    expect(new Set(codes)).toEqual(new Set(['onnx/damaged', 'read']));
    expect(codes.filter((code) => code === 'read').length).toBeLessThan(4);
  });

  it('is refused with a reason', () => {
    const initializer = (fields: object) => bytesOf({ graph: { initializer: [{ name: 'w', ...fields }] } });
    const FLOAT = TensorProto_DataType.FLOAT;
    const huge = [2n ** 31n, 2n ** 31n];
    expect(codeOf(initializer({ dims: huge, dataType: FLOAT, floatData: [1] }))).toBe('onnx/tensor-size');
    expect(codeOf(initializer({ dims: [-1n, -1n], dataType: FLOAT, floatData: [1] }))).toBe(
      'onnx/tensor-size',
    );
    expect(codeOf(initializer({ dims: [2n ** 62n], dataType: FLOAT }))).toBe('onnx/integer');
    expect(codeOf(initializer({ dims: [1n], dataType: FLOAT, rawData: new Uint8Array(3) }))).toBe(
      'onnx/tensor-size',
    );
    expect(codeOf(initializer({ dims: [1n], dataType: TensorProto_DataType.DOUBLE }))).toBe(
      'onnx/tensor-type',
    );
    expect(
      codeOf(initializer({ dataType: FLOAT, externalData: [{ key: 'location', value: '/etc/passwd' }] })),
    ).toBe('onnx/external-data');
    const attribute = { name: 'body', type: AttributeProto_AttributeType.GRAPH };
    expect(codeOf(bytesOf({ graph: { node: [{ opType: 'If', attribute: [attribute] }] } }))).toBe(
      'onnx/attribute',
    );
    expect(codeOf(bytesOf({ graph: { input: [{ name: 'x' }] } }))).toBe('onnx/value-type');
    expect(codeOf(bytesOf({}))).toBe('onnx/damaged');
    expect(codeOf(new Uint8Array(0))).toBe('onnx/damaged');
    expect(codeOf(new TextEncoder().encode('<!doctype html><title>Not found</title>'))).toBe('onnx/damaged');
  });

  it('cannot exhaust the stack with subgraphs in subgraphs', () => {
    // Each level: AttributeProto.g (6) holds GraphProto.node (1) holds NodeProto.attribute (5); lengths are patched in.
    const wrap = (tag: number, body: Uint8Array) => {
      const length: number[] = [];
      let rest = body.length;
      for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) | 128);
      return Uint8Array.from([(tag << 3) | 2, ...length, rest, ...body]);
    };
    let attribute: Uint8Array = new Uint8Array(0);
    for (let depth = 0; depth < 500; depth++) attribute = wrap(6, wrap(1, wrap(5, attribute)));
    expect(codeOf(wrap(7, wrap(1, wrap(5, attribute))))).toBe('onnx/damaged');
  });

  it('does not reach the prototype through a key', () => {
    const read = decodeModel(bytesOf({ graph: {}, metadataProps: [{ key: '__proto__', value: 'x' }] }));
    expect(Object.getPrototypeOf(read.metadata)).toBe(Object.prototype);
    expect(Object.keys(read.metadata)).toEqual(['__proto__']);
  });
});

describe('writing', () => {
  const withNode = (attribute: OnnxAttribute): OnnxModel => ({
    ...small,
    graph: {
      ...small.graph,
      nodes: [{ opType: 'Pad', inputs: [], outputs: [], name: 'p', attributes: { attribute } }],
    },
  });

  it('refuses a fraction where ONNX would take an integer', () => {
    expect(() => encodeModel(withNode(0.5))).toThrow(/not an integer; write \{ float \}/);
    expect(() => encodeModel(withNode([1, 0.5]))).toThrow(/0.5, not an integer/);
  });

  it('refuses values that do not fill the shape', () => {
    const tensor = { name: 'w', type: 'float32', dims: [3], data: new Float32Array(2) } as const;
    expect(() => encodeModel(withNode({ tensor }))).toThrow('Tensor "w" is float32[3], but holds 2 values');
    expect(() => encodeModel(withNode({ tensor: { ...tensor, data: new Int32Array(3) } }))).toThrow(
      'Int32Array',
    );
  });
});
