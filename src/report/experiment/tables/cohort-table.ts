/** Table 1: who was examined, beside the paper's patients. */

import { meanAndSd } from '../../../core/statistics.ts';
import type { EvaluatedParticipant } from '../../../evaluate/experiment-evaluation.ts';
import { isKnown } from '../format.ts';
import { PAPER } from '../paper-results.ts';
import type { Cell, ReportTable } from '../report-table.ts';

const SEXES: readonly (readonly [string, string])[] = [
  ['F', 'Women'],
  ['M', 'Men'],
];

export function cohortTable(participants: readonly EvaluatedParticipant[]): ReportTable {
  const row = (key: string, title: string, belongs: (p: EvaluatedParticipant) => boolean): Cell[] => {
    const group = participants.filter(belongs);
    const ages = group.map(({ ageYears }) => ageYears).filter(isKnown);
    const { mean, standardDeviation } = meanAndSd(Float64Array.from(ages));
    const [n, paperMean, paperSd] = PAPER.cohort[key] ?? [];
    return [title, group.length, [mean, standardDeviation], n, [paperMean, paperSd]];
  };
  const known = SEXES.filter(([sex]) => participants.some((p) => p.sex === sex));
  const stages = [...new Set([...participants.map(({ stage }) => stage)])].sort();
  return {
    name: 'table-1-cohort',
    title: 'Table 1: Patients',
    columns: [
      { key: 'group', title: 'Group', kind: 'text' },
      { key: 'n', title: 'Patients', kind: 'number', digits: 0 },
      { key: 'ageYears', title: 'Age (years)', kind: 'spread' },
      { key: 'paperN', title: 'Paper: patients', kind: 'number', digits: 0 },
      { key: 'paperAgeYears', title: 'Paper: age (years)', kind: 'spread' },
    ],
    rows: [
      ...known.map(([sex, title]) => row(sex, title, (p) => p.sex === sex)),
      ...stages.map((stage) => row(stage, stageName(stage), (p) => p.stage === stage)),
      row('total', 'All', () => true),
    ],
    bold: [known.length + stages.length],
    notes: [
      'Ages are mean ± standard deviation. The paper’s stages add up to 52 patients, although it has 51.',
    ],
  };
}

const stageName = (stage: string): string => (/^F\d$/.test(stage) ? `Fibrosis stage ${stage}` : stage);
