import { describe, expect, it } from 'vitest';
import { FormatError } from '../core/errors.ts';
import { decodeExample, encodeExample } from './example-file.ts';
import type { ExampleSlice } from './experiment-evaluation.ts';

const values = (offset: number): Float32Array => Float32Array.from({ length: 6 }, (_, i) => offset + i);

const example: ExampleSlice = {
  id: 'sub-007 slice 2',
  rule: 'median RMRE of LBRU',
  nRows: 2,
  nColumns: 3,
  pixelMm: 1.5,
  roi: Uint8Array.of(0, 1, 1, 0, 2, 0),
  images: { short: values(100), long: values(50) },
  targetMs: values(40),
  truthMs: Float32Array.of(41, Number.NaN, 43, 44, 45, 46),
  mapsMs: new Map([
    ['coarse', values(42)],
    ['lbru', values(41)],
  ]),
  scalesMs: new Map([['lbru', values(1)]]),
  thresholdMs: 2.5,
};

describe('example slices on disk', () => {
  it('come back as they were, with and without what is optional', () => {
    expect(decodeExample(encodeExample(example), 'x')).toEqual(example);
    const { truthMs: _, thresholdMs: __, pixelMm: ___, ...bare } = { ...example, scalesMs: new Map() };
    expect(decodeExample(encodeExample(bare), 'x')).toEqual(bare);
  });

  it('are refused when cut off, of another kind or of another size', () => {
    const bytes = encodeExample(example);
    const refused = (spoilt: Uint8Array): void =>
      expect(() => decodeExample(spoilt, 'examples/a.arrays')).toThrow(FormatError);
    for (const length of [0, 3, 40, bytes.length - 1]) refused(bytes.subarray(0, length));
    refused(encodeExample({ ...example, nRows: 3 }));
  });
});
