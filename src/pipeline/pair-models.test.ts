import { expect, it } from 'vitest';
import { smallModel } from '../../test/support/model.ts';
import { createRandom } from '../core/random.ts';
import { createSpinLockSeries } from '../core/volume.ts';
import { readInferenceModel } from '../network/export.ts';
import { repackModel } from '../network/repack.ts';
import { nodeSessionProvider } from '../runtime/node/session.ts';
import { type MapResult, mapSeries } from './map.ts';
import { openMappingModel, readModelRecord } from './mapping-model.ts';
import { pairModels } from './pair-models.ts';

const random = createRandom('pair');
const grid = {
  ...{ nColumns: 32, nRows: 24, nSlices: 2 },
  affine: [-1.5, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1],
};
const n = 32 * 24 * 2;
const series = createSpinLockSeries(
  grid,
  [0, 50],
  Float32Array.from({ length: 2 * n }, (_, i) => 800 * Math.exp(i < n ? 0 : -50 / 43) + 20 * random.normal()),
);

async function mapWith(bytes: Uint8Array): Promise<MapResult> {
  const model = await openMappingModel(bytes, 'test', nodeSessionProvider({ threads: 1 }));
  const result = await mapSeries(series, model);
  await model.close();
  return result;
}

const model = (name: string, bytes: Uint8Array) => ({ name, bytes });
const lbudr = model('lbudr', smallModel({ method: 'lbudr', headGain: 0.3 }));
const lbru = model('lbru', smallModel({ headGain: 0.1, scaleMs: 3 }));

it('gives the map of one and the uncertainty of the other, from one file', async () => {
  const bytes = await pairModels(lbudr, lbru);
  const [both, own, other] = [await mapWith(bytes), await mapWith(lbudr.bytes), await mapWith(lbru.bytes)];
  expect(own.uncertainty).toBeUndefined();
  expect(both.t1rho.values).toEqual(own.t1rho.values);
  expect(both.uncertainty!.values).toEqual(other.uncertainty!.values);
  expect(both.t1rho.values).not.toEqual(other.t1rho.values);
});

it('says in the file where the uncertainty comes from, and stays a model that can be stored smaller or trained on', async () => {
  const bytes = await pairModels(lbudr, lbru);
  const { sha256 } = await readModelRecord(lbru.bytes, 'lbru');
  const { info } = await readModelRecord(bytes, 'pair');
  expect(info).toMatchObject({ method: { name: 'lbudr' }, scaleFrom: { method: 'lbru', sha256 } });
  const half = repackModel(bytes, 'pair', { storage: 'float16' });
  expect(half.length).toBeLessThan(bytes.length);
  const [full, small] = [await mapWith(bytes), await mapWith(half)];
  full.t1rho.values.forEach((ms, p) => {
    expect(Math.abs(ms - small.t1rho.values[p]!)).toBeLessThan(0.05);
  });
  expect(readInferenceModel(bytes).theta).toEqual(readInferenceModel(lbudr.bytes).theta);
});

it('refuses two that do not belong together', async () => {
  const lbr = model('lbr', smallModel({ method: 'lbr' }));
  await expect(pairModels(lbru, lbru)).rejects.toThrow(/lbru states its own uncertainty \(LBRU\)/);
  await expect(pairModels(lbudr, lbr)).rejects.toThrow(/lbr is a LBR network, which states no uncertainty/);
  const lbri = model('lbri', smallModel({ method: 'lbri' }));
  await expect(pairModels(lbudr, lbri)).rejects.toThrow(
    /inputs coarse against coarse, image-short, image-long/,
  );
  const wide = model('wide', smallModel({ info: { cutoffMs: [20, 80] } }));
  await expect(pairModels(lbudr, wide)).rejects.toThrow(/cut-off 25–65 ms against 20–80 ms/);
  const paired = model('pair', await pairModels(lbudr, lbru));
  await expect(pairModels(paired, lbru)).rejects.toThrow(/pair states its own uncertainty/);
});
