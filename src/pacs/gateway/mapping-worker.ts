/** The thread behind `mapping-thread.ts`: a folder of images comes in, a folder of results is written. */
import { parentPort } from 'node:worker_threads';
import { EnvironmentError, RhomapError } from '../../core/errors.ts';
import { createWarningSink } from '../../core/warnings.ts';
import { chooseCandidate, takeInventory } from '../../pipeline/inputs/inventory.ts';
import { readSeries } from '../../pipeline/inputs/read-series.ts';
import { type MappingModel, openMappingModel } from '../../pipeline/mapping-model.ts';
import { mapPatient, writeMappedPatient } from '../../runtime/node/map-patient.ts';
import { readModelFile } from '../../runtime/node/models.ts';
import { nodeSessionProvider } from '../../runtime/node/session.ts';
import { findSources, inputRecord } from '../../runtime/node/sources.ts';
import type { MappingAnswer, MappingOrder } from './mapping-thread.ts';

/** Networks stay open between series. */
const models = new Map<string, Promise<MappingModel>>();

function modelOf(name: string): Promise<MappingModel> {
  const open = async (): Promise<MappingModel> => {
    const file = await readModelFile(name);
    return openMappingModel(file.bytes, file.name, nodeSessionProvider());
  };
  const model = models.get(name) ?? open();
  models.set(name, model);
  return model;
}

async function mapFolder({ rule, images, results }: MappingOrder): Promise<string> {
  const warnings = createWarningSink();
  const sources = await findSources([images]);
  const inventory = await takeInventory(sources, warnings);
  const request = {
    ...(rule.tslMs && { tslMs: rule.tslMs }),
    ...(rule.tslFrom && { tslFrom: rule.tslFrom }),
  };
  const candidate = chooseCandidate(inventory, request);
  const series = await readSeries(candidate, request, 't1rho', warnings);
  const study = await candidate.readStudy!();
  const records = await Promise.all(
    sources.filter(({ name }) => candidate.files.includes(name)).map(inputRecord),
  );
  const patient = { series, name: candidate.name, study, records };
  const model = await modelOf(rule.model);
  // Only DICOM is sent on.
  const settings = { formats: ['dicom'] as const, mapFromMs: rule.mapFromMs, previews: false };
  const mapped = await mapPatient(patient, model, settings, warnings);
  await writeMappedPatient(results, { force: true }, patient, model, mapped, settings);
  return mapped.result.check.verdict;
}

parentPort!.on('message', async (order: MappingOrder) => {
  let answer: MappingAnswer;
  try {
    answer = { verdict: await mapFolder(order) };
  } catch (error) {
    models.clear();
    const known = error instanceof RhomapError;
    answer = {
      failure: { code: known ? error.code : 'internal', message: (error as Error).message },
      isPermanent: known && !(error instanceof EnvironmentError),
    };
  }
  parentPort!.postMessage(answer);
});
