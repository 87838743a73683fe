/**
 * The virtual cohort as a data set: from options to patients to files. Where files go and how many workers there are
 * is the caller's business (`CohortPorts`); neither changes a byte.
 *
 * The way to the physics: `cohort/simulate-patient.ts` → `cohort/scan.ts` → `cohort/object.ts` → `signal/spin-lock.ts`.
 */
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
import { TISSUES } from '../cohort/scene.ts';
import {
  type CohortOptions,
  type CohortSimulator,
  cohortParticipants,
  givenImages,
  imagePatient,
  type VirtualPatient,
} from '../cohort/simulate-patient.ts';
import { OptionError } from '../core/errors.ts';
import { jsonFile, type OutputFile, textFile } from '../core/summary.ts';
import { secondsFromMs } from '../core/units.ts';
import { VERSION } from '../core/version.ts';
import type { ParametricMap } from '../core/volume.ts';
import { rmrePerSlice } from '../evaluate/rmre.ts';
import { fillForTraining } from '../fit/fill-for-training.ts';
import { writeNifti } from '../io/nifti/write.ts';
import { CUTOFF_MS, coarseAndTarget } from './coarse-and-target.ts';
import { drawTargets, floorPercent } from './floor.ts';
import { philipsFiles } from './virtual-dicom.ts';

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
    try {
      changed = changeParameters(changed, changes);
    } catch (cause) {
      if (!(cause instanceof OptionError)) throw cause;
      throw new OptionError(cause.code, `--${flag}: ${cause.message}`, { cause });
    }
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

/** What is told of every slice of a cohort. */
export interface SliceRecord {
  readonly participant: string;
  readonly slice: number;
  readonly snr: number;
  readonly roiPixels: number;
  /** RMRE of the two-image map against the target, %. */
  readonly coarsePercent: number;
  /** RMRE of the truth against the target, %. */
  readonly truthPercent: number;
  /** Information floor, %; `null` where it was not asked for. */
  readonly floorPercent: number | null;
}

/** A simulated patient, ready to be stored. */
export interface PatientOutput {
  readonly id: string;
  readonly files: readonly OutputFile[];
  readonly slices: readonly SliceRecord[];
}

/** Where patients are made and kept. */
export interface CohortPorts {
  /** Makes patient number `index`, in whatever thread. */
  readonly make: (index: number) => Promise<PatientOutput>;
  readonly nWorkers: number;
  /** The slices of a patient that is already there, or `undefined`. */
  readonly find: (id: string) => Promise<readonly SliceRecord[] | undefined>;
  /** Stores a patient, whole or not at all. */
  readonly store: (patient: PatientOutput) => Promise<void>;
  /** Stores the files of the cohort itself, last. */
  readonly finish: (files: readonly OutputFile[]) => Promise<void>;
  readonly onProgress: (nDone: number) => void;
}

/** Makes what is missing of a cohort. Returns the records of all slices, in order. */
export async function simulateCohort(options: CohortOptions, ports: CohortPorts): Promise<SliceRecord[]> {
  const participants = cohortParticipants(options);
  const records = new Array<readonly SliceRecord[]>(participants.length);
  let next = 0;
  let nDone = 0;
  const work = async (): Promise<void> => {
    while (next < participants.length) {
      const index = next++;
      const { id } = participants[index]!;
      let slices = await ports.find(id);
      if (slices === undefined) {
        const patient = await ports.make(index);
        await ports.store(patient);
        slices = patient.slices;
      }
      records[index] = slices;
      ports.onProgress(++nDone);
    }
  };
  await Promise.all(Array.from({ length: ports.nWorkers }, work));
  await ports.finish(cohortFiles(options));
  return records.flat();
}

/** What to make of a patient besides its images and truth. */
export type PatientWishes = Pick<SimulateOptions, 'floorDraws' | 'dicom'>;

/** Makes one patient's files; `simulator` belongs to the calling thread. */
export function makePatient(
  simulator: CohortSimulator,
  options: CohortOptions,
  index: number,
  { floorDraws, dicom }: PatientWishes,
): PatientOutput {
  const onScanner = simulator.prepare(index);
  const patient = imagePatient(onScanner, options.parameters);
  const { tslMs } = options.parameters.spinLock;
  const slices = describeSlices(patient).map((slice, k): SliceRecord => {
    if (floorDraws === 0) return { ...slice, floorPercent: null };
    const targets = drawTargets(
      onScanner,
      k,
      tslMs,
      givenImages(tslMs.length),
      floorDraws,
      options.parameters.storage.bits,
    );
    return { ...slice, floorPercent: round(floorPercent(targets), 4) };
  });
  const { id } = patient.participant;
  const series = dicom ? philipsFiles(patient, options) : [];
  return { id, slices, files: [...series, ...patientFiles(patient, slices, options)] };
}

function describeSlices({
  participant,
  series,
  roi,
  truth,
  snr,
}: VirtualPatient): Omit<SliceRecord, 'floorPercent'>[] {
  const { coarse, target } = coarseAndTarget(series, roi);
  const coarsePercent = rmrePerSlice(coarse, target, roi);
  const clamped = fillForTraining(truth.t1rho, CUTOFF_MS);
  const truthPercent = rmrePerSlice(clamped, target, roi);
  const nPixels = roi.grid.nColumns * roi.grid.nRows;
  return snr.map((value, k) => ({
    participant: participant.id,
    slice: k,
    snr: round(value, 2),
    roiPixels: roi.labels.subarray(k * nPixels, (k + 1) * nPixels).reduce((n, l) => n + (l > 0 ? 1 : 0), 0),
    coarsePercent: round(coarsePercent[k]!, 4),
    truthPercent: round(truthPercent[k]!, 4),
  }));
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Path of the per-slice numbers; the last file of a patient's truth, so that its presence tells nothing else. */
export const slicesPath = (id: string): string => `derivatives/truth/${id}/anat/${id}_desc-slices.json`;

function patientFiles(
  patient: VirtualPatient,
  slices: readonly SliceRecord[],
  { parameters, seed }: CohortOptions,
): OutputFile[] {
  const { participant, series, stored, roi, truth } = patient;
  const { id } = participant;
  const { grid } = series;
  const description = `rhomap ${VERSION} virtual patient`;
  const raw = `${id}/anat/${id}_spinlock`;
  const map = (name: string, { values }: ParametricMap, scale = 1): OutputFile => ({
    path: `derivatives/truth/${id}/anat/${id}_${name}.nii.gz`,
    bytes: writeNifti({
      grid,
      values: scale === 1 ? values : values.map((v) => v * scale),
      description,
    }),
  });
  const inSeconds = secondsFromMs(1);
  return [
    map('T1rho', truth.t1rho, inSeconds),
    map('desc-slow_T1rho', truth.slowT1rho, inSeconds),
    map('desc-fastshare_map', truth.fastShare),
    map('desc-offresonance_B0map', truth.b0),
    map('desc-relative_B1map', truth.b1),
    {
      path: `derivatives/truth/${id}/anat/${id}_desc-tissue_dseg.nii.gz`,
      bytes: writeNifti({ grid, values: truth.labels, description }),
    },
    jsonFile(slicesPath(id), slices),
    {
      path: `derivatives/rois/${id}/anat/${id}_desc-roi_mask.nii.gz`,
      bytes: writeNifti({ grid, values: Uint8Array.from(roi.labels), description }),
    },
    jsonFile(`${raw}.json`, {
      SpinLockTime: series.tslMs.map(secondsFromMs),
      SpinLockFrequency: parameters.spinLock.spinLockFrequencyHz,
      MagneticFieldStrength: parameters.fields.fieldStrengthT,
      RepetitionTime: 2,
      EchoTime: 0.01,
      Manufacturer: 'rhomap virtual scanner',
      SoftwareVersions: VERSION,
      Seed: seed,
    }),
    {
      path: `${raw}.nii.gz`,
      bytes: writeNifti({
        grid,
        values: stored.integers,
        nVolumes: series.tslMs.length,
        slope: stored.slope,
        description,
      }),
    },
  ];
}

/** Files that describe the whole data set. */
export function cohortFiles(options: CohortOptions): OutputFile[] {
  const participants = cohortParticipants(options);
  const generated = { GeneratedBy: [{ Name: 'rhomap', Version: VERSION }], BIDSVersion: '1.11.0' };
  const tsv = (header: readonly string[], rows: readonly (readonly unknown[])[]): string =>
    `${[header, ...rows].map((row) => row.join('\t')).join('\n')}\n`;
  return [
    jsonFile('dataset_description.json', {
      Name: 'Virtual liver T1rho cohort',
      DatasetType: 'raw',
      ...generated,
    }),
    jsonFile('derivatives/truth/dataset_description.json', {
      Name: 'What is known of the virtual patients; not for methods to see',
      DatasetType: 'derivative',
      ...generated,
    }),
    jsonFile('derivatives/rois/dataset_description.json', {
      Name: "A reader's regions",
      DatasetType: 'derivative',
      ...generated,
    }),
    textFile(
      'derivatives/truth/desc-tissue_dseg.tsv',
      tsv(
        ['index', 'name'],
        TISSUES.map((name, index) => [index, name]),
      ),
    ),
    textFile('.bidsignore', 'dicom/\n*_spinlock.*\nsimulation.json\nsummary.json\n'),
    textFile(
      'participants.tsv',
      tsv(
        ['participant_id', 'sex', 'age', 'stage', 'height', 'bmi', 'fat_fraction'],
        participants.map((p) => [
          p.id,
          p.sex,
          p.ageYears,
          `F${p.stage}`,
          p.heightCm,
          p.bmi,
          p.liverFatFraction,
        ]),
      ),
    ),
  ];
}
