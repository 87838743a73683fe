import { describe, expect, it } from 'vitest';
import { pictureGrid } from './picture-grid.ts';
import { scaleBar } from './scale-bar.ts';

const lengthOf = (svg: string): number => Number(svg.match(/<rect[^>]* width="([\d.]+)"/)![1]);

describe('a scale bar', () => {
  it.each([
    [384, '10 cm', 100],
    [130, '5 cm', 50],
    [20, '5 mm', 5],
  ])('of a picture of %i mm says %s and is as long', (widthMm, words, lengthMm) => {
    const svg = scaleBar(200, 150, widthMm);
    expect(svg).toContain(`>${words}</text>`);
    expect(lengthOf(svg)).toBeCloseTo((200 * lengthMm) / widthMm, 1);
  });

  it('is left out where no round length fits', () => {
    expect(scaleBar(200, 150, 2)).toBe('');
  });

  it('stands once in each row of pictures, and only where the pixels\u2019 size is known', () => {
    const values = Float32Array.of(30, 40, 50, 60);
    const picture = { title: 'Map', values, underlay: values };
    const row = { pictures: [picture, picture], colours: 'viridis', range: [25, 65] } as const;
    const grid = (pixelMm?: number): string =>
      pictureGrid(
        [{ ...row, nRows: 2, nColumns: 2, ...(pixelMm !== undefined && { pixelMm }) }],
        100,
        'Maps',
      );
    expect(grid(50).match(/ cm</g)).toHaveLength(1);
    expect(grid()).not.toMatch(/ cm</);
  });
});
