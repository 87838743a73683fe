/** Maps subjects of a cohort, each as `rhomap map` would, on one thread: the same bytes on any number of workers. */
import { EnvironmentError } from '../../core/errors.ts';
import { createWarningSink } from '../../core/warnings.ts';
import { openMappingModel } from '../../pipeline/mapping-model.ts';
import { modelRule } from '../../roi/refine.ts';
import { loadMask, loadSeries, studyFor } from '../../runtime/node/load-series.ts';
import { mapPatient, type PatientImages, writeMappedPatient } from '../../runtime/node/map-patient.ts';
import { readModelFiles } from '../../runtime/node/models.ts';
import { nodeSessionProvider } from '../../runtime/node/session.ts';
import { jobPaths } from '../job-folder.ts';
import type { JobRecord, Runner, Task } from '../task.ts';
import { type MapDefinition, type SubjectPayload, subjectFolder } from './definition.ts';

/** @throws EnvironmentError `jobs/model-changed` if the model's file is not the one that the job began with. */
export async function openMapRunner(job: JobRecord['definition'], folder: string): Promise<Runner> {
  const definition = job as unknown as MapDefinition;
  const { name, uncertaintyName } = definition.model;
  const file = await readModelFiles(name, uncertaintyName);
  const model = await openMappingModel(file.bytes, file.name, nodeSessionProvider(), { threads: 1 });
  if (model.sha256 !== definition.model.sha256)
    throw new EnvironmentError(
      'jobs/model-changed',
      `The model ${file.name} is not the file that this cohort was begun with; put it back, or map into another folder.`,
    );
  const outputOf = (id: string): string => subjectFolder(folder, id);
  const settings = {
    formats: definition.formats,
    mapFromMs: definition.mapFromMs,
    rule: definition.rule ?? modelRule(model.calibration),
    report: definition.report,
    previews: definition.previews,
  };
  return {
    outputOf,
    close: () => model.close(),
    run: async (task) => {
      const warnings = createWarningSink();
      const images = await loadImages(task, definition, warnings);
      const mapped = await mapPatient(images, model, settings, warnings);
      const options = { force: true, aside: jobPaths(folder).partial };
      await writeMappedPatient(outputOf(task.id), options, images, model, mapped, settings);
    },
  };
}

async function loadImages(
  { payload }: Task,
  { tsl, tslFrom, formats }: MapDefinition,
  warnings: ReturnType<typeof createWarningSink>,
): Promise<PatientImages> {
  const { inputs, roi: mask } = payload as SubjectPayload;
  const flags = { ...(tsl && { tsl }), ...(tslFrom && { tslFrom }), ...(mask && { roi: mask }) };
  const loaded = await loadSeries(inputs, flags, 't1rho', warnings);
  const study = formats.includes('dicom') ? await studyFor(loaded) : undefined;
  const roi = mask === undefined ? undefined : await loadMask(mask, loaded.series, warnings);
  const { series, name } = loaded;
  return {
    series,
    name,
    study,
    roi: roi?.mask,
    records: roi ? [...loaded.inputs, roi.input] : loaded.inputs,
  };
}
