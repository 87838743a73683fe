/** A methods paragraph for a paper, with this cohort's numbers; what the records do not know is left out. */
import { meanAndSd } from '../../core/statistics.ts';
import { counted, list, spread } from '../experiment/format.ts';
import type { FlaggedRow } from './flags.ts';
import { shownMeanMs } from './subject-row.ts';

export interface CohortFacts {
  readonly rhomap: string;
  readonly nSubjects: number;
  readonly nFailed: number;
  /** Of the first subject; a cohort is mapped by one model. */
  readonly model?: { readonly name: string; readonly sha256: string; readonly method: string };
  readonly usedTslMs?: readonly number[];
  /** Threshold of refinement, ms. */
  readonly thresholdMs?: number;
  readonly nCalibrationPatients?: number;
}

export function cohortMethods(rows: readonly FlaggedRow[], facts: CohortFacts): string {
  const { rhomap, nSubjects, nFailed, model, usedTslMs, thresholdMs, nCalibrationPatients } = facts;
  const values = Float64Array.from(rows.map(shownMeanMs).filter((value) => value !== undefined));
  const { mean, standardDeviation } = meanAndSd(values);
  const nUnusual = new Set(rows.filter(({ verdict }) => verdict !== 'in range').map(({ id }) => id)).size;
  return [
    `T1ρ of the liver was mapped in ${counted(nSubjects, 'subject')} from spin-lock images${usedTslMs ? ` at spin-lock times of ${list(usedTslMs.map(String))} ms` : ''} with rhomap ${rhomap} (research software).`,
    model
      ? `The least-squares map of the two images was refined by the network ${model.name.split('/').at(-1)} (${model.method.toUpperCase()}, SHA-256 ${model.sha256.slice(0, 12)}…), which also states the uncertainty of every pixel${nCalibrationPatients ? `, calibrated on ${counted(nCalibrationPatients, 'patient')} that it was not trained on` : ''}.`
      : '',
    thresholdMs === undefined
      ? ''
      : `Pixels of the regions with an uncertainty above ${thresholdMs.toFixed(2)} ms were left out.`,
    nFailed > 0 ? `${counted(nFailed, 'further subject')} could not be processed.` : '',
    nUnusual > 0
      ? `In ${counted(nUnusual, 'subject')} the images were unlike those of the calibration patients.`
      : '',
    values.length > 1
      ? `The regions’ mean T1ρ was ${spread(mean, standardDeviation, 2)} ms (mean ± SD over ${values.length} regions).`
      : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
