/**
 * One virtual patient from a seed and a number: anatomy, tissues, fields, three slices on the scanner, a reader's
 * region, and the truth. Pure: the same parameters, seed and number give the same patient, whoever asks.
 */
import type { Affine } from '../core/affine.ts';
import { type Grid, sliceSize, voxelCount } from '../core/grid.ts';
import { createRandom, type Random } from '../core/random.ts';
import type { Mask, SpinLockSeries } from '../core/volume.ts';
import { createSpinLockKernel } from '../signal/spin-lock.ts';
import { drawAnatomy } from './anatomy/draw-anatomy.ts';
import { sliceScene } from './anatomy/slice-scene.ts';
import { createDipoleSolver, type DipoleSolver } from './dipole.ts';
import { createPatientFields, FIELD_SIZE, FIELD_STEP_MM } from './fields.ts';
import type { CohortParameters } from './parameters.ts';
import { type Composition, drawParticipants, PAPER_COMPOSITION, type Participant } from './participants.ts';
import { axialPlane } from './plane.ts';
import { drawReaderRoi } from './reader.ts';
import { createReadout, type Readout } from './readout.ts';
import { type PatientSetup, type SliceScan, scanSlice } from './scan.ts';
import type { Anatomy, SliceScene } from './scene.ts';
import { slowT1rhoMs } from './slow-t1rho.ts';
import { type StoredSignal, storedValues, storeSignal } from './store.ts';
import { stratifiedNormals } from './stratified-normal.ts';
import { drawTissues, type PatientTissues } from './tissue.ts';
import { createTruth, type Truth } from './truth.ts';

export interface CohortOptions {
  readonly parameters: CohortParameters;
  readonly nPatients: number;
  readonly seed: number;
  readonly composition?: Composition | undefined;
}

export interface VirtualPatient {
  readonly participant: Participant;
  readonly series: SpinLockSeries;
  /** `series` as stored. */
  readonly stored: StoredSignal;
  readonly roi: Mask;
  readonly truth: Truth;
  /** Per slice: SNR of liver at TSL 0. */
  readonly snr: readonly number[];
}

/** A patient on the table: whatever can still be asked of the scanner. */
export interface PatientOnScanner {
  readonly participant: Participant;
  readonly grid: Grid;
  readonly scenes: readonly SliceScene[];
  readonly slices: readonly SliceScan[];
  readonly tissues: PatientTissues;
  readonly roi: Mask;
}

/** Simulates patients of one cohort; it keeps buffers (about 100 MB) and is not for concurrent use. */
export interface CohortSimulator {
  readonly participants: readonly Participant[];
  /** Patient number `index`, from 0, ready to be imaged. */
  prepare(index: number): PatientOnScanner;
  /** Patient number `index`, imaged. */
  simulate(index: number): VirtualPatient;
}

/** Images that a method is given: the first and the last. */
export const givenImages = (nTsl: number): readonly number[] => [0, nTsl - 1];

/** Who is in the cohort, in order. */
export const cohortParticipants = ({ nPatients, seed, composition }: CohortOptions): Participant[] =>
  drawParticipants(nPatients, composition ?? PAPER_COMPOSITION, createRandom(seed).fork('participants'));

export function createCohortSimulator(options: CohortOptions): CohortSimulator {
  const { parameters } = options;
  const random = createRandom(options.seed);
  const participants = cohortParticipants(options);
  const solver = createDipoleSolver(FIELD_SIZE, FIELD_STEP_MM);
  const readout = createReadout(parameters.grid, parameters.readout);
  const [snr, fastShare] = ['snr', 'fast-share'].map((name) =>
    stratifiedNormals(participants.length, random.fork(name)),
  ) as [Float64Array, Float64Array];
  const prepare = (index: number): PatientOnScanner =>
    preparePatient(
      participants[index]!,
      parameters,
      { solver, readout },
      { snr: snr[index]!, fastShare: fastShare[index]! },
      random.fork(`patient-${index}`),
    );
  return { participants, prepare, simulate: (index) => imagePatient(prepare(index), parameters) };
}

/** Patient number `index` of the cohort; to make many, keep a `createCohortSimulator`. */
export const simulatePatient = (options: CohortOptions, index: number): VirtualPatient =>
  createCohortSimulator(options).simulate(index);

/** Standard normal numbers of a patient that are stratified over the cohort. */
interface StratifiedDraws {
  readonly snr: number;
  readonly fastShare: number;
}

interface Machine {
  readonly solver: DipoleSolver;
  readonly readout: Readout;
}

function preparePatient(
  participant: Participant,
  parameters: CohortParameters,
  { solver, readout }: Machine,
  stratified: StratifiedDraws,
  random: Random,
): PatientOnScanner {
  const { grid, tissue, spinLock, noise, masking, motion } = parameters;
  const anatomy = drawAnatomy(participant, random.fork('anatomy'), {
    regionalSd: tissue.regionalSd,
    textureSd: tissue.textureSd,
    textureCellMm: tissue.textureCellMm,
    fastShareSd: tissue.fastShareTexture,
  });
  const tissues = drawScannedTissues(participant, parameters, stratified.fastShare, random.fork('tissue'));
  const draw = random.fork('scanner');
  const setup: PatientSetup = {
    parameters,
    tissues,
    fields: createPatientFields(anatomy, parameters.fields, solver, random.fork('fields')),
    kernel: createSpinLockKernel(spinLock, spinLock.tslMs),
    readout,
    snr: noise.snr * Math.exp(noise.snrLogSdPatients * stratified.snr),
    airFactor: draw.uniform() < masking.zeroProbability ? 0 : 1 / masking.quietFactor,
    moves: draw.uniform() < motion.probability,
    given: givenImages(spinLock.tslMs.length),
  };
  const scenes = anatomy.sliceZMm.map((zMm) =>
    sliceScene(anatomy, zMm, {
      nRows: grid.objectMatrix,
      nColumns: grid.objectMatrix,
      pixelSizeMm: grid.fovMm / grid.objectMatrix,
      thicknessMm: grid.sliceThicknessMm,
    }),
  );
  const storedGrid = seriesGrid(anatomy, grid);
  return {
    participant,
    grid: storedGrid,
    scenes,
    slices: scenes.map((scene, k) => scanSlice(scene, setup, random.fork(`slice-${k}`))),
    tissues,
    roi: drawRoi(anatomy, storedGrid, parameters, random.fork('reader')),
  };
}

/** Tissues whose drawn T1rho, a published fit, is split into a fast and a slow part that fit to it. */
function drawScannedTissues(
  participant: Participant,
  { tissue, spinLock }: CohortParameters,
  fastShareDraw: number,
  random: Random,
): PatientTissues {
  const fastShare = Math.min(0.4, Math.max(0, tissue.fastShare + tissue.fastShareSd * fastShareDraw));
  return drawTissues(participant, { ...tissue, fastShare, fastShareSd: 0 }, random).map((properties) =>
    properties.fastShare === 0
      ? properties
      : {
          ...properties,
          t1rhoMs: slowT1rhoMs(
            properties.t1rhoMs,
            properties.fastShare,
            properties.fastT1rhoMs,
            spinLock.tslMs,
          ),
        },
  );
}

function seriesGrid({ sliceZMm }: Anatomy, { fovMm, matrix }: CohortParameters['grid']): Grid {
  const plane = axialPlane(sliceZMm[0]!, fovMm, matrix);
  const spacing = sliceZMm.length > 1 ? sliceZMm[1]! - sliceZMm[0]! : 1;
  const [sx, sy] = plane.stepMm;
  const [x, y, z] = plane.originMm;
  const affine: Affine = [sx, 0, 0, x, 0, sy, 0, y, 0, 0, spacing, z, 0, 0, 0, 1];
  return { nColumns: matrix, nRows: matrix, nSlices: sliceZMm.length, affine };
}

/** The scan of a prepared patient. */
export function imagePatient(patient: PatientOnScanner, parameters: CohortParameters): VirtualPatient {
  const { participant, grid, scenes, slices, tissues, roi } = patient;
  const { tslMs } = parameters.spinLock;
  const stored = scanPatient(patient, parameters, 0);
  const truth = createTruth(
    grid,
    tslMs,
    scenes.map((scene, k) => ({ scene, fields: slices[k]!.fields, ideal: slices[k]!.idealImages() })),
    tissues,
  );
  return {
    participant,
    series: { grid, tslMs, signal: storedValues(stored) },
    stored,
    roi,
    truth,
    snr: slices.map((slice) => slice.snr),
  };
}

/** All images of a patient `[tsl, slice, row, column]` as stored; `draw` 0 is the scan, others are repetitions. */
export function scanPatient(
  { grid, slices }: PatientOnScanner,
  { spinLock, storage }: CohortParameters,
  draw: number,
): StoredSignal {
  const nTsl = spinLock.tslMs.length;
  const signal = new Float32Array(nTsl * voxelCount(grid));
  for (let t = 0; t < nTsl; t++)
    for (const [k, slice] of slices.entries())
      signal.set(slice.image(t, draw), (t * slices.length + k) * sliceSize(grid));
  return storeSignal(signal, storage.bits);
}

/** A reader's region on every slice. */
function drawRoi(anatomy: Anatomy, grid: Grid, { grid: g, reader }: CohortParameters, random: Random): Mask {
  const labels = new Uint16Array(voxelCount(grid));
  for (let k = 0; k < grid.nSlices; k++) {
    const roi = drawReaderRoi(anatomy, grid, k, random.fork(k), {
      style: reader.style,
      thicknessMm: g.sliceThicknessMm,
    });
    labels.set(roi, k * sliceSize(grid));
  }
  return { grid, labels };
}
