/** When and on what the networks were trained, in words; nothing where no training recorded it. */
import type { RunRecord } from '../../core/run-record.ts';
import type { TrainingEvaluation } from '../../evaluate/experiment-evaluation.ts';
import { counted, list } from './format.ts';

export function trainingRuns(
  trainings: readonly Pick<TrainingEvaluation, 'ran'>[],
): (readonly [term: string, value: string])[] {
  const days = trainings.flatMap(({ ran }) => ran?.endedAt.slice(0, 10) ?? []).sort();
  if (days.length === 0) return [];
  const [first, last] = [days[0]!, days.at(-1)!];
  const tallied = (words: (ran: RunRecord) => string | undefined): string =>
    tally(trainings.map(({ ran }) => ran && words(ran)));
  return [
    ['Trained', first === last ? first : `${first} to ${last}`],
    ['Trained on', tallied(({ processor, nCores, system }) => `${processor}, ${nCores} cores, ${system}`)],
    ['Commit', tallied(({ commit }) => commit)],
  ];
}

/** One value for all stands alone; several, each with its number of trainings, the unknown last. */
function tally(values: readonly (string | undefined)[]): string {
  const words = [...new Set(values)].sort((a, b) => Number(a === undefined) - Number(b === undefined));
  const said = (value: string | undefined): string => value ?? 'not recorded';
  if (words.length === 1) return said(words[0]);
  return list(
    words.map((word) => `${said(word)} (${counted(values.filter((v) => v === word).length, 'training')})`),
  );
}
