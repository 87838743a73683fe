import type { SessionProvider } from '../../src/core/session.ts';
import { createSpinLockSeries } from '../../src/core/volume.ts';
import { mapSeries } from '../../src/pipeline/map.ts';
import { openMappingModel } from '../../src/pipeline/mapping-model.ts';
import { smallModel } from '../support/model.ts';

/** Refined map and uncertainty of a small series, ms; −1 where there is none. */
export async function mapSmall(provider: SessionProvider): Promise<number[]> {
  const size = 48;
  const grid = {
    ...{ nColumns: size, nRows: size, nSlices: 2 },
    affine: [-2, 0, 0, 0, 0, -2, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1],
  };
  const n = 2 * size * size;
  const signal = Float32Array.from({ length: 2 * n }, (_, i) => {
    const p = i % n;
    const [x, y] = [(p % size) / size - 0.5, (Math.floor(p / size) % size) / size - 0.5];
    if (Math.hypot(x, y) > 0.42) return 0;
    const t1rhoMs = 43 + 8 * Math.sin(11 * x) * Math.cos(9 * y);
    return 800 * Math.exp(-(i < n ? 0 : 50) / t1rhoMs) + ((37 * i) % 23);
  });
  const model = await openMappingModel(smallModel({ headGain: 0.3 }), 'small', provider);
  const { t1rho, uncertainty } = await mapSeries(createSpinLockSeries(grid, [0, 50], signal), model);
  await model.close();
  return [...t1rho.values, ...uncertainty!.values].map((ms) => (Number.isNaN(ms) ? -1 : ms));
}
