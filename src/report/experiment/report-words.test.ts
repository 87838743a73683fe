import { describe, expect, it } from 'vitest';
import { duration, fixed, interval, pValue, signed, spread, unbroken } from './format.ts';
import { type ReportTable, tableCsv, tableHtml, tableJson } from './report-table.ts';

describe('numbers in reports', () => {
  it('have fixed digits, a real minus, no negative zero, and a dash for the unknown', () => {
    expect([1.005, -0.001, -2.345, null, undefined, Number.NaN].map((v) => fixed(v, 1))).toEqual([
      ...['1.0', '0.0', '−2.3', '–', '–', '–'],
    ]);
    expect([0.04, 1, -1].map((v) => signed(v, 1))).toEqual(['0.0', '+1.0', '−1.0']);
    expect(spread(4.876, 2.119, 2)).toBe('4.88 ± 2.12');
    expect(interval([1, null], 1)).toBe('–');
  });

  it('write p-values from 1 down to nothing', () => {
    expect([0.5, 0.00099, 1.15e-16, 0, null].map(pValue)).toEqual([
      ...['0.500', '9.90 × 10⁻⁴', '1.15 × 10⁻¹⁶', '< 10⁻³⁰⁰', '–'],
    ]);
  });

  it('stay with their signs and units on one line, and words do not', () => {
    expect(unbroken('4.9 ± 2.1 % of 3 slices, p = 1 × 10⁻³, −2 ms.')).toBe(
      '4.9\u00a0±\u00a02.1\u00a0% of 3 slices, p\u00a0=\u00a01\u00a0×\u00a010⁻³, −2\u00a0ms.',
    );
  });

  it('say how long it took', () => {
    expect([12.4, 100, 5400, 40_000].map(duration)).toEqual(['12 s', '2 min', '1 h 30 min', '11 h 7 min']);
  });
});

describe('tables of reports', () => {
  const table: ReportTable = {
    name: 't',
    title: 'A <title>',
    columns: [
      { key: 'name', title: 'Name', kind: 'text' },
      { key: 'error', title: 'Error', kind: 'spread' },
      { key: 'range', title: 'Range', kind: 'interval' },
      { key: 'p', title: 'p', kind: 'p' },
      { key: 'hash', title: 'Hash', kind: 'text', isFileOnly: true },
    ],
    rows: [
      ['a "b", c', [1 / 3, 2 / 3], [-1, 2], 0.04, 'abc'],
      ['<i>', undefined, [null, null], null, 'def'],
    ],
    bold: [1],
  };

  it('are whole in the CSV, with two columns for two numbers', () => {
    expect(tableCsv(table).split('\r\n')).toEqual([
      'name,errorMean,errorSd,rangeLow,rangeHigh,p,hash',
      '"a ""b"", c",0.3333333,0.6666667,-1,2,0.04,abc',
      '<i>,,,,,,def',
      '',
    ]);
    expect(tableJson(table)).toMatchObject({
      rows: [
        { error: [1 / 3, 2 / 3], p: 0.04 },
        { error: null, p: null },
      ],
    });
  });

  it('are rounded and escaped on the page, with a dash for what is not known', () => {
    const html = tableHtml(table, true);
    expect(html).toContain('<td class="number">0.33 ± 0.67</td><td class="number">−1.00 to 2.00</td>');
    expect(html).toContain('<tr class="best"><th scope="row">&lt;i&gt;</th>');
    expect(html).not.toContain('Hash');
    expect(html.match(/–/g)).toHaveLength(3);
  });
});
