/** How often the input checks speak up: for good patients, who should pass, and for each class of broken input. */
import { createRandom } from '../core/random.ts';
import { predictSlice } from '../methods/predict.ts';
import { checkFeatures, type InputCheck, type InputRanges, worstCheck } from '../uncertainty/input-checks.ts';
import { sliceFeatures } from '../uncertainty/input-features.ts';
import { BROKEN_CLASSES, breakSlice } from './broken-inputs.ts';
import type { DataSet, DataSetSlice } from './dataset.ts';
import { inputPlanes } from './gather-regions.ts';
import type { MappingModel } from './mapping-model.ts';

export interface FlagRate {
  readonly name: string;
  /** Whether nearly all have to be flagged; `null` for good patients, of whom nearly none may be. */
  readonly mustFlag: boolean | null;
  readonly nPatients: number;
  readonly flagged: number;
  /** Of these, called `refuse`. */
  readonly refused: number;
}

const GOOD = 'good patients';

export async function measureFlagRates(
  dataSets: readonly DataSet[],
  model: MappingModel,
  ranges: InputRanges,
  onPatient?: () => void,
): Promise<FlagRate[]> {
  const tallies = new Map<string, InputCheck[]>();
  const add = (name: string, check: InputCheck): void => {
    tallies.set(name, [...(tallies.get(name) ?? []), check]);
  };
  for (const dataSet of dataSets)
    for (const { id } of dataSet.participants) {
      const slices = await dataSet.slices(id);
      add(GOOD, await checkPatient(slices, model, ranges));
      for (const broken of BROKEN_CLASSES) {
        const random = createRandom(`${id} ${broken.name}`);
        const wrong = slices.map((slice) =>
          breakSlice(slice, broken, model.info.coarseTslMs, ranges, random.fork('all slices alike')),
        );
        add(broken.name, await checkPatient(wrong, model, ranges));
      }
      onPatient?.();
    }
  return [...tallies].map(([name, checks]) => ({
    name,
    mustFlag: BROKEN_CLASSES.find((c) => c.name === name)?.mustFlag ?? null,
    nPatients: checks.length,
    flagged: checks.filter(({ verdict }) => verdict !== 'in range').length,
    refused: checks.filter(({ verdict }) => verdict === 'refuse').length,
  }));
}

async function checkPatient(
  slices: readonly DataSetSlice[],
  model: MappingModel,
  ranges: InputRanges,
): Promise<InputCheck> {
  const checks: InputCheck[] = [];
  for (const slice of slices) {
    const { nRows, nColumns, roi } = slice;
    const planes = inputPlanes(slice, model);
    const { mapMs, scaleMs } = await predictSlice(model, planes, nRows, nColumns);
    checks.push(
      checkFeatures(sliceFeatures({ planes, mapMs, sigmaMs: scaleMs, nRows, nColumns, roi }), ranges),
    );
  }
  return worstCheck(checks);
}
