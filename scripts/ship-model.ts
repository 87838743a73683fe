/**
 * Makes a calibrated model one that ships: `node scripts/ship-model.ts CALIBRATED NAME DATA [WORDS]` reads CALIBRATED/model.onnx
 * (from rhomap calibrate), stores its weights in 16 bits if maps of DATA's first patients change by less than 0.02 ms, and
 * writes models/NAME.onnx and its card models/NAME.md, with the calibration's report where there is one. WORDS say what it
 * was trained on.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createWarningSink } from '../src/core/warnings.ts';
import { modelMetadata } from '../src/methods/model-info.ts';
import { repackModel } from '../src/network/repack.ts';
import { gatherPatient } from '../src/pipeline/gather-regions.ts';
import { openMappingModel, readModelRecord } from '../src/pipeline/mapping-model.ts';
import { modelCard } from '../src/report/model-card.ts';
import { openDataSetFolder } from '../src/runtime/node/data-set.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';

const N_PATIENTS = 6;
const MOST_MS = 0.02;

const [calibrated, name, data, words] = process.argv.slice(2);
if (!calibrated || !name || !data)
  throw new Error('Usage: node scripts/ship-model.ts CALIBRATED NAME DATA [WORDS]');
const given = new Uint8Array(readFileSync(join(calibrated, 'model.onnx')));
const { info } = await readModelRecord(given, name);
const training = words && info.training ? { ...info.training, data: words } : info.training;
const full = repackModel(given, name, { metadata: modelMetadata({ ...info, training }) });
const half = repackModel(full, name, { storage: 'float16' });

const maps = async (bytes: Uint8Array): Promise<Float32Array[]> => {
  const model = await openMappingModel(bytes, name, nodeSessionProvider({ threads: 1 }));
  const dataSet = await openDataSetFolder(data, info.imageSize, createWarningSink());
  const all: Float32Array[] = [];
  for (const participant of dataSet.participants.slice(0, N_PATIENTS))
    for (const slice of await gatherPatient(dataSet, participant, model))
      all.push(slice.predictedMs, slice.sigmaMs);
  await model.close();
  return all;
};
const [a, b] = [await maps(full), await maps(half)];
let worst = 0;
a.forEach((map, i) => {
  map.forEach((value, p) => {
    // A network that states no uncertainty has NaN in its place.
    worst = Math.max(worst, Math.abs(value - b[i]![p]!) || 0);
  });
});
const bytes = worst < MOST_MS ? half : full;
const models = resolve(import.meta.dirname, '../models');
mkdirSync(models, { recursive: true });
writeFileSync(join(models, `${name}.onnx`), bytes);
const record = await readModelRecord(bytes, name);
const report = join(calibrated, 'report.md');
const storage = `Weights are stored in ${bytes === half ? 16 : 32} bits: with 16, maps and scales of ${a.length / 2} slices move by at most ${worst.toPrecision(2)} ms.`;
const judged = existsSync(report) ? `\n## On test patients\n\n${readFileSync(report, 'utf8')}` : '';
writeFileSync(
  join(models, `${name}.md`),
  `${modelCard({ ...record, name, nBytes: bytes.length })}\n${storage}\n${judged}`,
);
console.log(`models/${name}.onnx: ${(bytes.length / 1e6).toFixed(2)} MB; ${storage}`);
