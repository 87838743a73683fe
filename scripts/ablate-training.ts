/**
 * What each choice of a training does, and what each error of the virtual cohort does to it: preset `quick`, first fold,
 * one thing changed at a time. `node scripts/ablate-training.ts WORK [--patients 51] [--only ID,ID]` trains what is missing
 * and writes the table of all that is there to WORK/ablation.md, and to docs/results/ once everything is.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/core/random.ts';
import { VERSION } from '../src/core/version.ts';
import { createWarningSink } from '../src/core/warnings.ts';
import { bootstrapByPatient } from '../src/evaluate/bootstrap.ts';
import { roiMeanRelativeError } from '../src/evaluate/rmre.ts';
import type { MethodName } from '../src/methods/method.ts';
import { ABLATIONS } from '../src/pipeline/ablation.ts';
import { createTask } from '../src/pipeline/experiment/plan.ts';
import { decodeRoiPixels } from '../src/pipeline/experiment/roi-file.ts';
import {
  type ExperimentOptions,
  type ExperimentPorts,
  experimentContext,
  runOne,
} from '../src/pipeline/experiment/run.ts';
import { isDone, paths } from '../src/pipeline/experiment/run-task.ts';
import {
  TRAINING_PRESETS,
  type TrainingOptionsInput,
  trainingOptionsSchema,
} from '../src/pipeline/experiment/training-options.ts';
import { openDataSetFolder } from '../src/runtime/node/data-set.ts';
import { folderStore } from '../src/runtime/node/folder-store.ts';
import { threadPlaneStream } from '../src/runtime/node/plane-thread.ts';
import { createRunRecorder } from '../src/runtime/node/run-record.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';
import { presetFile } from './preset-file.ts';

/** One training. */
interface Cell {
  readonly id: string;
  readonly title: string;
  readonly method: MethodName;
  readonly options: TrainingOptionsInput;
  /** Of the cohort, as `pipeline/ablation.ts` calls it. */
  readonly cohort: string;
}

const WHOLE = ABLATIONS[0]!.name;
const cell = (id: string, title: string, options: TrainingOptionsInput = {}, cohort = WHOLE): Cell => ({
  ...{ id, title, options, cohort },
  method: id.split('-')[0] as MethodName,
});

/** The first cell of each method is what its others are compared with. */
const CHOICES: readonly Cell[] = [
  cell('lbr', 'LBR'),
  cell('lbr-map', 'LBR gives the map, not a correction', { predicts: 'map' }),
  cell('lbr-wide', 'LBR without cut-off (5–200 ms)', { cutoffMs: [5, 200] }),
  cell('lbru', 'LBRU, equation 5 as it stands'),
  cell('lbru-warm-up', 'LBRU, warm-up of the mean', { scale: 'warm-up' }),
  cell('lbru-beta', 'LBRU, β = 0.5', { scale: 'beta' }),
  cell('lbudr', 'LBUDR, threshold at the 5th percentile'),
  ...[1, 10, 20].map((p) => cell(`lbudr-${p}`, `LBUDR, percentile ${p}`, { certainPercentile: p })),
  cell('lbudr-none', 'LBUDR, S not processed', { certainPercentile: null }),
];

const COHORTS: readonly Cell[] = ABLATIONS.map(({ name }) =>
  name === WHOLE ? CHOICES[0]! : cell(`lbr-${slug(name)}`, name, {}, name),
);

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { patients: { type: 'string', default: '51' }, only: { type: 'string' } },
});
const [work] = positionals;
if (!work) throw new Error('Usage: node scripts/ablate-training.ts WORK [--patients 51] [--only ID,ID]');
const root = resolve(import.meta.dirname, '..');
const nPatients = Number(values.patients);
const experiment = { nFolds: 3, nValidation: Math.min(4, Math.floor(nPatients / 6)), foldSeed: 1 };
const provider = nodeSessionProvider();
const runRecord = createRunRecorder();

const cells = [...CHOICES, ...COHORTS.slice(1)];
const asked = values.only?.split(',') ?? cells.map(({ id }) => id);
const unknown = asked.find((id) => !cells.some((c) => c.id === id));
if (unknown) throw new Error(`No cell ${unknown}; there are ${cells.map(({ id }) => id).join(', ')}.`);
for (const c of cells) if (asked.includes(c.id)) await run(c);
await writeTables();

/** Trains a cell, if that has not been done from the same data and options. */
async function run({ id, method, options, cohort }: Cell): Promise<void> {
  const store = folderStore(join(work!, 'cells', id));
  if (method === 'lbudr') {
    const base = CHOICES.find((c) => c.id === 'lbru')!;
    await run(base);
    const { model } = paths('fold-1/lbru');
    await store.write(model, (await folderStore(join(work!, 'cells', base.id)).read(model))!);
  }
  const training = trainingOptionsSchema.parse({ ...TRAINING_PRESETS.quick, ...options });
  const experimentOptions: ExperimentOptions = { ...experiment, methods: [method], training };
  const ports: ExperimentPorts = {
    dataSet: await openDataSetFolder(cohortFolder(cohort), training.imageSize, createWarningSink()),
    ...{ store, provider, createStream: threadPlaneStream, runRecord },
  };
  for (const name of ['coarse', method] as const) {
    const task = createTask(name, 0);
    if (await isDone(task, experimentContext(experimentOptions, ports))) continue;
    const { training: trained } = await runOne(task, experimentOptions, ports);
    if (trained) console.error(`${id}: ${trained.seconds.toFixed(0)} s, best step ${trained.bestStep}`);
  }
}

/** Simulates a cohort where it is not there. */
function cohortFolder(name: string): string {
  const folder = resolve(work!, 'cohorts', slug(name));
  if (existsSync(join(folder, 'participants.tsv'))) return folder;
  mkdirSync(join(work!, 'cohorts'), { recursive: true });
  const { changes } = ABLATIONS.find((ablation) => ablation.name === name)!;
  const preset = `${folder}.json`;
  const description = 'the paper cohort with one thing changed';
  const file = presetFile({ name: slug(name), description, base: 'paper', changes, source: 'ablation' });
  writeFileSync(preset, JSON.stringify(file));
  const flags = ['--preset-file', preset, '--patients', String(nPatients), '--floor-draws', '0', '--quiet'];
  const argv = ['src/cli/main.ts', 'simulate', '-o', folder, ...flags];
  execFileSync(process.execPath, argv, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

interface Errors {
  readonly patients: readonly string[];
  readonly target: { readonly mean: number };
  readonly truth: { readonly perSlice: Float64Array; readonly mean: number };
}

/** Of the first fold's test slices, percent; undefined for what has not been trained. */
async function errorsOf(id: string, method: MethodName): Promise<Errors | undefined> {
  const store = folderStore(join(work!, 'cells', id));
  const where = paths(`fold-1/${method}`);
  const bytes = (await store.read(where.result)) && (await store.read(where.test));
  if (!bytes) return undefined;
  const pixels = decodeRoiPixels(bytes, where.test);
  const [target, truth] = (['target', 'truth'] as const).map((r) => roiMeanRelativeError(pixels, r));
  return { patients: pixels.patients, target: target!, truth: truth! };
}

/** Difference of the errors against the truth, in points, with its 95 % interval over patients. */
function change(own: Errors, base: Errors | undefined): string {
  if (!base || own === base) return '';
  const { estimate, bca } = bootstrapByPatient(
    own.patients,
    (slices) =>
      slices.reduce((sum, s) => sum + own.truth.perSlice[s]! - base.truth.perSlice[s]!, 0) / slices.length,
    { random: createRandom('ablation') },
  );
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
  return `${signed(estimate)} (${signed(bca[0])} to ${signed(bca[1])})`;
}

async function writeTables(): Promise<void> {
  const row = (...texts: string[]): string => `| ${texts.join(' | ')} |`;
  const percent = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(2));
  const lines: string[] = [];
  const bases = new Map<MethodName, Errors>();
  let nDone = 0;
  for (const { id, title, method } of CHOICES) {
    const own = await errorsOf(id, method);
    if (!own) continue;
    nDone++;
    if (id === method) bases.set(method, own);
    lines.push(row(title, percent(own.target.mean), percent(own.truth.mean), change(own, bases.get(method))));
  }
  const cohortLines: string[] = [];
  for (const { id, title } of COHORTS) {
    const [coarse, own] = [await errorsOf(id, 'coarse'), await errorsOf(id, 'lbr')];
    if (!coarse || !own) continue;
    if (id !== 'lbr') nDone++;
    const gain = 100 * (1 - own.truth.mean / coarse.truth.mean);
    const errors = [coarse.target.mean, own.target.mean, coarse.truth.mean, own.truth.mean].map(percent);
    cohortLines.push(row(id === 'lbr' ? 'everything' : title, ...errors, gain.toFixed(0)));
  }
  const page = [
    '# One thing changed at a time',
    '',
    `Preset \`quick\` (a small network on 128² images), ${nPatients} virtual patients of the preset \`paper\`, first of three folds; mean RMRE over the test slices, percent. Made by`,
    '',
    `    node scripts/ablate-training.ts WORK${nPatients === 51 ? '' : ` --patients ${nPatients}`}`,
    '',
    `with rhomap ${VERSION}. Other networks, seeds and folds differ by as much as the smaller of these differences.`,
    '',
    '## Choices of the training',
    '',
    row(
      'choice',
      'to the target',
      'to the truth',
      'truth: change to the first of its method, points (95 % over patients)',
    ),
    '|---|---|---|---|',
    ...lines,
    '',
    '## Errors of the cohort, one switched off',
    '',
    row(
      'cohort',
      'coarse, to the target',
      'LBR, to the target',
      'coarse, to the truth',
      'LBR, to the truth',
      'LBR takes off, % of coarse',
    ),
    '|---|---|---|---|---|---|',
    ...cohortLines,
    '',
  ].join('\n');
  writeFileSync(join(work!, 'ablation.md'), page);
  if (nDone === cells.length) writeFileSync(join(root, 'docs/results/ablation.md'), page);
  console.log(`${nDone} of ${cells.length} trainings are there; ${join(work!, 'ablation.md')}`);
}
