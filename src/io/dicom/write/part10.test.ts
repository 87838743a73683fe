import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWarningSink } from '../../../core/warnings.ts';
import { openDicom } from '../part10.ts';
import { numbers, text } from '../values.ts';
import { decimalString } from './decimal-string.ts';
import { writeDicom } from './part10.ts';

const object = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.4', SOPInstanceUID: '2.25.1' };

describe('a decimal string', () => {
  it('has at most 16 characters, reads back near, and exactly where it came from a float32', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), (value) => {
        const written = decimalString(value);
        expect(written).toMatch(/^[-+.\de]{1,16}$/);
        expect(Math.abs(Number(written) - value)).toBeLessThanOrEqual(1e-8 * Math.abs(value) + 1e-300);
      }),
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(Number(decimalString(value)))).toBe(value + 0);
      }),
    );
    expect(() => decimalString(Number.NaN)).toThrow(RangeError);
  });
});

describe('a written file', () => {
  it('says any text and number, whatever the order they are given in', () => {
    const warnings = createWarningSink();
    const file = writeDicom({
      PixelData: Uint16Array.of(0, 1, 65_535),
      SeriesDescription: 'Bauch – Leber, 肝臓',
      ImagePositionPatient: [-189, 1 / 3, 6 / 7],
      ImageType: ['ORIGINAL', 'PRIMARY', 'M'],
      PhilipsScaleSlope: 0.5,
      EchoTrainLength: '',
      ...object,
    });
    const { dataSet } = openDicom(file, 'written', warnings);
    expect(text(dataSet, 'SeriesDescription')).toBe('Bauch – Leber, 肝臓');
    expect(text(dataSet, 'ImageType')).toBe('ORIGINAL\\PRIMARY\\M');
    expect(text(dataSet, 'SOPInstanceUID')).toBe('2.25.1');
    expect(numbers(dataSet, 'ImagePositionPatient')).toEqual([-189, 0.33333333333333, 0.85714285714286]);
    expect(numbers(dataSet, 'PhilipsScaleSlope')).toEqual([0.5]);
    // Unordered tags, odd lengths or a wrong header would be warned of.
    expect(warnings.warnings).toEqual([]);
  });
});
