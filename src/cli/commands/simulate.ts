import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { CohortParameters } from '../../cohort/parameters.ts';
import { readPreset } from '../../cohort/preset.ts';
import {
  type CohortOptions,
  createCohortSimulator,
  type VirtualPatient,
} from '../../cohort/simulate-patient.ts';
import { OptionError } from '../../core/errors.ts';
import { createSummary, jsonFile } from '../../core/summary.ts';
import { VERSION } from '../../core/version.ts';
import { cohortGallery } from '../../pipeline/gallery.ts';
import type { SliceRecord } from '../../pipeline/make-patient.ts';
import { spreadOf } from '../../pipeline/measure-cohort.ts';
import { simulateCohort } from '../../pipeline/simulate.ts';
import {
  resolveCohort,
  type SimulateOptions,
  simulateOptionsSchema,
} from '../../pipeline/simulate-options.ts';
import { openCohortFolder } from '../../runtime/node/cohort-folder.ts';
import { startCohortWorkers } from '../../runtime/node/cohort-workers.ts';
import { type CommandDefinition, command } from '../command.ts';
import { addSchemaOptions, parseSchemaOptions } from '../schema-options.ts';
import { runStudy, STUDIES, type StudyName } from '../simulate-studies.ts';
import type { Terminal } from '../terminal.ts';

const GALLERY_PATIENTS = 6;

/** A floor above this leaves no room for errors under 3 %. */
const LOWEST_LEARNED_PERCENT = 2.7;

interface SimulateFlags {
  readonly output: string;
  readonly presetFile?: string;
  readonly workers?: string;
  readonly study?: StudyName;
  readonly gallery: boolean;
  readonly force: boolean;
}

export const simulateCommand: CommandDefinition = {
  declare: (): Command => {
    const declared = command('simulate', 'A virtual cohort: patients whose T1rho is known.', [
      'rhomap simulate -o cohort',
      'rhomap simulate -o cohort --patients 6 --preset easy --seed 7',
      'rhomap simulate -o cohort --preset-file my-scanner.json',
    ]).requiredOption('-o, --output <dir>', 'folder of the data set; a stopped run goes on there');
    addSchemaOptions(declared, simulateOptionsSchema);
    return declared
      .option('--preset-file <json>', 'preset of your own, in place of --preset')
      .addOption(
        new Option('--study <name>', 'no images but a study of the cohort, written to the folder').choices(
          Object.keys(STUDIES),
        ),
      )
      .option('--gallery', 'also write gallery.html: pictures of six patients', false)
      .option('--workers <n>', 'threads (default: one per core)')
      .option('--force', 'a study replaces an existing folder', false);
  },
  run: async (_args, rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as SimulateFlags;
    const options = parseSchemaOptions(simulateOptionsSchema, rawFlags) as SimulateOptions;
    const cohort = resolveCohort(options, await loadPreset(flags.presetFile));
    const nWorkers = workerCount(flags.workers);
    if (flags.study !== undefined) {
      await runStudy(flags.study, cohort, nWorkers, flags, terminal);
      return;
    }
    const { floorDraws, dicom } = options;
    const identity = jsonFile('simulation.json', {
      schemaVersion: 1,
      rhomap: VERSION,
      ...cohort,
      floorDraws,
      dicom,
    });
    const folder = await openCohortFolder(flags.output, identity);
    const workers = startCohortWorkers(Math.min(cohort.nPatients, nWorkers));
    const progress = terminal.progress('simulating', cohort.nPatients);
    let records: SliceRecord[];
    try {
      records = await simulateCohort(cohort, {
        make: (index) => workers.make(cohort, index, options),
        nWorkers: workers.nWorkers,
        find: folder.find,
        store: folder.store,
        finish: folder.write,
        onProgress: progress.advance,
      });
    } finally {
      progress.end();
      await workers.close();
    }
    if (flags.gallery) await folder.write([cohortGallery(galleryPatients(cohort))]);
    const results = {
      nPatients: cohort.nPatients,
      coarsePercent: spread(records, (r) => r.coarsePercent),
      truthPercent: spread(records, (r) => r.truthPercent),
      floorPercent: spread(records, (r) => r.floorPercent),
      slices: records,
    };
    const summary = createSummary({
      command: 'simulate',
      options: { ...options },
      inputs: [],
      results,
      warnings: [],
    });
    await folder.write([jsonFile('summary.json', summary)]);
    terminal.result(`patients           ${cohort.nPatients}`);
    printRow(terminal, 'coarse RMRE', results.coarsePercent);
    printRow(terminal, 'truth RMRE', results.truthPercent);
    printRow(terminal, 'information floor', results.floorPercent);
    if (results.floorPercent.mean > LOWEST_LEARNED_PERCENT)
      terminal.warn('the floor of this cohort lies above 2.7 %: no method can show an error under 3 % on it');
    terminal.info(`the data set is in ${flags.output}`);
    terminal.json(summary);
  },
};

/** Up to six patients, spread over the cohort. */
function galleryPatients(cohort: CohortOptions): VirtualPatient[] {
  const simulator = createCohortSimulator(cohort);
  const count = Math.min(GALLERY_PATIENTS, cohort.nPatients);
  return Array.from({ length: count }, (_, i) =>
    simulator.simulate(Math.floor((i * cohort.nPatients) / count)),
  );
}

async function loadPreset(path: string | undefined): Promise<CohortParameters | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new OptionError('preset/unreadable', `${path}: cannot be read (${cause.message}).`, { cause });
  });
  try {
    return readPreset(JSON.parse(text), path);
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw new OptionError('preset/json', `${path}: not valid JSON (${cause.message}).`, { cause });
    throw cause;
  }
}

function workerCount(text: string | undefined): number {
  const n = text === undefined ? availableParallelism() : Number(text);
  if (!Number.isSafeInteger(n) || n < 1)
    throw new OptionError('option/invalid', `--workers: expected a whole number from 1, got ${text}.`);
  return n;
}

/** Over the slices that have a value; the standard error is that of the mean over patients, of which it takes two. */
interface CohortSpread {
  readonly mean: number;
  readonly sd: number;
  readonly n: number;
  readonly standardError: number | null;
}

function spread(
  records: readonly SliceRecord[],
  value: (record: SliceRecord) => number | null,
): CohortSpread {
  const known = records.filter((record) => Number.isFinite(value(record)));
  const { mean, sd, standardError } = spreadOf(known, (record) => value(record) ?? undefined);
  const nPatients = new Set(known.map(({ participant }) => participant)).size;
  return { mean, sd, n: known.length, standardError: nPatients > 1 ? standardError : null };
}

function printRow(terminal: Terminal, name: string, { mean, sd, n, standardError }: CohortSpread): void {
  if (n === 0) return;
  const error = standardError === null ? '' : ` (standard error ${standardError.toFixed(2)})`;
  terminal.result(`${name.padEnd(18)} ${mean.toFixed(2)} ± ${sd.toFixed(2)} %${error}`);
}
