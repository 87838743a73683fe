/** The report of an experiment as one self-contained HTML page: no script, nothing to load, light and dark. */
import { htmlPage, linkedSections } from '../html-page.ts';
import { escapeXml } from '../svg.ts';
import { embedSvg } from './embed-svg.ts';
import type { ExperimentReport } from './experiment-report.ts';
import type { Figure } from './figure.ts';
import { counted, duration, list, UNKNOWN, unbroken } from './format.ts';
import { PAGE_STYLE } from './page-style.ts';
import { PAPER } from './paper-results.ts';
import { tableHtml } from './report-table.ts';
import { trainingRuns } from './training-runs.ts';
import type { Verdict } from './verdicts.ts';

/** What the evaluation does not know about its run. */
export interface RunFacts {
  /** When the report was made, ISO 8601. */
  readonly madeAt: string;
  readonly folder: string;
  /** Seed of the folds. */
  readonly foldSeed?: number;
  /** Where the report was made. */
  readonly machine: string;
  /** What each training option means, by its name. */
  readonly optionWords?: Readonly<Record<string, string>>;
}

export function experimentPage(report: ExperimentReport, facts: RunFacts): string {
  const { evaluation, figures } = report;
  const { nav, body } = linkedSections([
    ['outcome', 'What came out', verdictList(report.verdicts)],
    ['patients', 'Patients', tableHtml(report.cohort, true)],
    ['errors', 'Errors of the maps', report.rmre.map((table) => tableHtml(table, true)).join('')],
    [
      'uncertainty',
      'What the uncertainty is worth',
      report.uncertainty.map((t) => tableHtml(t, true)).join(''),
    ],
    ['figures', 'Figures', figuresHtml(figures)],
    ['settings', 'What was run', settings(report, facts)],
    [
      'methods',
      'Methods, for a paper',
      report.methods.map((p) => `<p>${escapeXml(unbroken(p))}</p>`).join(''),
    ],
    ['cite', 'How to cite', citations(evaluation.rhomap)],
    ['words', 'Words', glossary()],
  ]);
  return htmlPage({
    title: 'Liver T1ρ maps from two images: report of an experiment',
    style: PAGE_STYLE,
    header: `<h1>Liver T1ρ maps from two images</h1>
<p class="lead">${escapeXml(lead(report))}</p>
<p class="note">${escapeXml(inShort(report, facts))}</p>
${nav}`,
    main: body,
    footer: `Made by rhomap ${escapeXml(evaluation.rhomap)} on ${escapeXml(facts.madeAt.slice(0, 10))}. For research use only. Every table and figure of this page lies in the folder <code>report</code> beside it, as CSV, JSON, SVG and PNG.`,
  });
}

function lead({ evaluation: { participants, methods, nFolds } }: ExperimentReport): string {
  const nSlices = methods[0]?.slices.length ?? 0;
  const kind = methods.some(({ truth }) => truth) ? 'virtual patients' : 'patients';
  return `${counted(methods.length, 'method')} on ${counted(nSlices, 'slice')} of ${participants.length} ${kind}, ${counted(nFolds, 'fold')}: ${list(methods.map(({ title }) => title))}.`;
}

/** What was run, in a line. */
function inShort({ evaluation }: ExperimentReport, { foldSeed, madeAt }: RunFacts): string {
  const trainings = evaluation.methods.flatMap(({ training }) => training);
  const seconds = trainings.reduce((sum, t) => sum + t.seconds, 0);
  const providers = [...new Set(trainings.map(({ provider }) => provider))];
  const seeds = [
    ...(foldSeed === undefined ? [] : [`folds ${foldSeed}`]),
    ...('seed' in evaluation.trainingOptions ? [`training ${evaluation.trainingOptions['seed']}`] : []),
  ];
  return [
    `rhomap ${evaluation.rhomap}`,
    ...(seeds.length > 0 ? [`seeds: ${seeds.join(', ')}`] : []),
    ...(trainings.length > 0
      ? [`${trainings.length} trainings, ${duration(seconds)} of steps on ${list(providers)}`]
      : []),
    `report of ${madeAt.slice(0, 10)}`,
  ].join(' · ');
}

const verdictList = (verdicts: readonly Verdict[]): string => {
  if (verdicts.length === 0) return '';
  const items = verdicts.map(
    ({ question, holds, answer }) =>
      `<li><span class="sign ${holds ? 'yes' : 'no'}">${holds ? 'Yes' : 'No'}</span><div><strong>${escapeXml(question)}</strong>${escapeXml(unbroken(answer))}</div></li>`,
  );
  return `<ul class="verdicts">${items.join('')}</ul>`;
};

/** Further examples of a figure (4b, 4c …) are folded away, and not printed. */
function figuresHtml(figures: readonly Figure[]): string {
  const isFurther = ({ label }: Figure): boolean => /\d[b-z]$/.test(label);
  const further = figures.filter(isFurther);
  const folded = `<details><summary>The same for ${list(further.map(({ label }) => label))}: ${further.length === 1 ? 'another slice' : 'other slices'}</summary>${further.map(figureHtml).join('')}</details>`;
  return figures
    .map((figure, i) => {
      if (isFurther(figure)) return '';
      const next = figures[i + 1];
      return figureHtml(figure) + (next && isFurther(next) && !isFurther(figure) ? folded : '');
    })
    .join('');
}

function figureHtml({ name, label, title, reading, remarks = [], svg, values }: Figure): string {
  const notes = remarks.map((remark) => `<p>${escapeXml(remark)}</p>`).join('');
  const table = values
    ? `<details><summary>Values of ${escapeXml(label)}</summary>${tableHtml(values, false)}</details>`
    : '';
  return `<figure id="${name}"><h3>${escapeXml(`${label}: ${title}`)}</h3>${embedSvg(svg, name)}<figcaption><p class="reading">${escapeXml(reading)}</p>${notes}</figcaption>${table}</figure>`;
}

function settings({ evaluation }: ExperimentReport, facts: RunFacts): string {
  const trainings = evaluation.methods.flatMap(({ training }) => training);
  const seconds = trainings.reduce((sum, t) => sum + t.seconds, 0);
  const rows: (readonly [term: string, value: string, words?: string | undefined])[] = [
    ['Software', `rhomap ${evaluation.rhomap}`],
    ['Folder', facts.folder],
    ...(facts.foldSeed === undefined
      ? []
      : [['Seed of the folds', String(facts.foldSeed)] as [string, string]]),
    ['Trainings', `${trainings.length}, ${duration(seconds)} of steps altogether`],
    ['Steps ran on', list([...new Set(trainings.map(({ provider }) => provider))]) || UNKNOWN],
    ...trainingRuns(trainings),
    ['Report made on', facts.machine],
    ...Object.entries(evaluation.trainingOptions).map(
      ([key, value]): [string, string, string | undefined] => [
        key,
        Array.isArray(value) ? value.join(', ') : String(value ?? 'none'),
        facts.optionWords?.[key],
      ],
    ),
  ];
  const items = rows
    .map(([term, value, words]) => {
      const meaning = words ? ` <small>${escapeXml(words)}</small>` : '';
      return `<dt>${escapeXml(term)}</dt><dd>${escapeXml(value)}${meaning}</dd>`;
    })
    .join('');
  return `<dl class="facts">${items}</dl>`;
}

function citations(version: string): string {
  const own = `rhomap contributors. rhomap ${version}: liver T1rho mapping with uncertainty. 2026.`;
  return `<p>For the software and the methods:</p><pre>${escapeXml(own)}\n\n${escapeXml(PAPER.citation)}</pre>`;
}

const WORDS: readonly (readonly [string, string])[] = [
  ['T1ρ', 'spin–lattice relaxation time in the rotating frame, ms'],
  ['TSL', 'time of spin-lock, ms'],
  ['Coarse', 'least-squares map from two images'],
  ['Target', 'least-squares map from all images'],
  ['BM3D', 'block matching and 3-D filtering, applied to the coarse map'],
  ['LBR', 'learning-based refinement of the coarse map'],
  ['LBRU', 'learning-based refinement with uncertainty'],
  ['LBMC', 'learning-based mapping from the two images (contrasts)'],
  ['LBUDR', 'learning-based refinement, driven by the uncertainty of LBRU'],
  ['LBRI', 'learning-based refinement that sees the images too; not in the paper'],
  ['RMRE', 'mean relative error in the regions of interest'],
  ['σ, u', 'scale of the stated Laplace distribution of the error; u = √2·σ is its standard deviation'],
  ['UCE', 'uncertainty calibration error'],
  ['AUSE, AURG', 'area under the sparsification error, area under the random gain'],
  ['SD', 'standard deviation'],
];

const glossary = (): string =>
  `<dl class="facts">${WORDS.map(([word, meaning]) => `<dt>${word}</dt><dd>${escapeXml(meaning)}</dd>`).join('')}</dl>`;
