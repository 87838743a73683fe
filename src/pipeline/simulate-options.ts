/** Options of a virtual cohort as they are typed, checked and resolved to everything that defines the cohort. */
import { z } from 'zod';
import type { CohortParameters } from '../cohort/parameters.ts';
import { type Composition, PAPER_COMPOSITION } from '../cohort/participants.ts';
import {
  builtInPreset,
  changeParameters,
  type ParameterChanges,
  PRESET_NAMES,
  type PresetName,
} from '../cohort/preset.ts';
import type { CohortOptions } from '../cohort/simulate-patient.ts';

const FIBROSIS_STAGES = ['F0', 'F1', 'F2', 'F3', 'F4'] as const;
const SEXES = ['F', 'M'] as const;

/** Schema of weights as they are typed, `F0:25,F1:13`: of some of the names, none twice, not all 0. */
function weights(names: readonly string[]): z.ZodString {
  const expected = `expected shares as ${names[0]}:2,${names[1]}:1 of ${names.join(', ')}, each once and not all 0`;
  return z.string().refine((text) => {
    const given = text.split(',').map((part) => /^(\w+):(\d+(?:\.\d+)?)$/.exec(part));
    return (
      given.every((match) => match !== null && names.includes(match[1]!)) &&
      new Set(given.map((match) => match?.[1])).size === given.length &&
      given.some((match) => Number(match?.[2]) > 0)
    );
  }, expected);
}

/** Weight of each name in checked text; 0 for those it leaves out. */
function parseWeights<N extends string>(text: string, names: readonly N[]): number[] {
  const given = new Map(text.split(',').map((part) => part.split(':') as [string, string]));
  return names.map((name) => Number(given.get(name) ?? 0));
}

/** Options of a cohort as the command line has them. */
export interface SimulateOptions {
  readonly patients: number;
  readonly seed: number;
  readonly preset: PresetName;
  readonly tsl?: readonly number[] | undefined;
  readonly snr?: number | undefined;
  readonly matrix?: number | undefined;
  readonly stages?: string | undefined;
  readonly sexes?: string | undefined;
  readonly floorDraws: number;
  readonly dicom: boolean;
}

export const simulateOptionsSchema: z.ZodObject<{
  patients: z.ZodDefault<z.ZodNumber>;
  seed: z.ZodDefault<z.ZodNumber>;
  preset: z.ZodDefault<z.ZodEnum<{ [N in PresetName]: N }>>;
  tsl: z.ZodOptional<z.ZodArray<z.ZodNumber>>;
  snr: z.ZodOptional<z.ZodNumber>;
  matrix: z.ZodOptional<z.ZodNumber>;
  stages: z.ZodOptional<z.ZodString>;
  sexes: z.ZodOptional<z.ZodString>;
  floorDraws: z.ZodDefault<z.ZodNumber>;
  dicom: z.ZodDefault<z.ZodBoolean>;
}> = z.object({
  patients: z.number().int().min(1).max(9999).default(51).describe('number of patients'),
  seed: z.number().int().min(0).default(1).describe('seed: the same seed gives the same bytes'),
  preset: z.enum(PRESET_NAMES).default('paper').describe('how hard the cohort is'),
  tsl: z
    .array(z.number().min(0).max(200))
    .min(2)
    .optional()
    .describe("spin-lock times in ms, rising (default: the preset's, 0,10,30,50)"),
  snr: z.number().positive().optional().describe("median SNR of liver at TSL 0 (default: the preset's)"),
  matrix: z.number().int().optional().describe("stored matrix, 256 or 448 (default: the preset's)"),
  stages: weights(FIBROSIS_STAGES)
    .optional()
    .describe("shares of fibrosis stages (default: the paper's, F0:25,F1:13,F2:13)"),
  sexes: weights(SEXES).optional().describe("shares of women and men (default: the paper's, F:24,M:27)"),
  floorDraws: z
    .number()
    .int()
    .min(0)
    .max(64)
    .default(4)
    .describe('draws per slice for the information floor; 0: none'),
  dicom: z
    .boolean()
    .default(false)
    .describe('also write DICOM series as a Philips scanner would, without spin-lock times'),
});

/**
 * What the options describe in full. `parameters` replaces the named preset's (a preset file).
 * @throws OptionError naming the flag where the result is no valid preset.
 */
export function resolveCohort(options: SimulateOptions, parameters?: CohortParameters): CohortOptions {
  const { tsl, snr, matrix } = options;
  let changed = parameters ?? builtInPreset(options.preset);
  const change = (flag: string, changes: ParameterChanges): void => {
    changed = changeParameters(changed, changes, `--${flag}`);
  };
  if (tsl) change('tsl', { spinLock: { tslMs: [...tsl] } });
  if (snr !== undefined) change('snr', { noise: { snr } });
  if (matrix !== undefined) change('matrix', { grid: { matrix } });
  const composition = compositionOf(options);
  return {
    nPatients: options.patients,
    seed: options.seed,
    parameters: changed,
    ...(composition && { composition }),
  };
}

function compositionOf({ stages, sexes }: SimulateOptions): Composition | undefined {
  if (stages === undefined && sexes === undefined) return undefined;
  const [F, M] = parseWeights(sexes ?? '', SEXES) as [number, number];
  return {
    sex: sexes === undefined ? PAPER_COMPOSITION.sex : { M, F },
    stages:
      stages === undefined
        ? PAPER_COMPOSITION.stages
        : (parseWeights(stages, FIBROSIS_STAGES) as [number, number, number, number, number]),
  };
}
