/**
 * What each tissue gives at 3 T: signal without spin-lock, T1rho, T2, T1, and the share of fast-relaxing magnetisation.
 *
 * Signals are relative to a liver without fat in a black-blood turbo spin echo with SPAIR and TE 10 ms; liver, spleen,
 * gallbladder, vessels, muscle and fat were measured on real spin-lock images, the others follow from T2 and water
 * content. T2 and T1 are from de Bazelaire 2004 (doi:10.1148/radiol.2303021331); T1rho is 1.2 × T2 where nothing
 * better is known. What varies within a tissue is left to the anatomy (`liverT1rhoFactor`) and to the scanner.
 */
import type { Random } from '../core/random.ts';
import type { Participant } from './participants.ts';
import { TISSUES, type Tissue } from './scene.ts';

export interface TissueProperties {
  /** Signal at TSL 0 relative to a liver without fat. */
  readonly signal: number;
  /** Of the slow magnetisation. */
  readonly t1rhoMs: number;
  readonly t2Ms: number;
  readonly t1Ms: number;
  /** Share of the signal that relaxes with `fastT1rhoMs`, 0–1. */
  readonly fastShare: number;
  readonly fastT1rhoMs: number;
  /** SD of the signal within the tissue, as a fraction (`SliceScene.signalTexture`). */
  readonly textureSd: number;
}

/** Properties by tissue index (`TISSUE_INDEX`). */
export type PatientTissues = readonly TissueProperties[];

export interface TissueOptions {
  /** Mean liver T1rho in ms by stage F0–F4. */
  readonly liverT1rhoMs: readonly [number, number, number, number, number];
  /** Its spread between patients of one stage, ms. */
  readonly liverT1rhoSdMs: number;
  /** Fast-relaxing share of liver and muscle: mean and spread between patients. */
  readonly fastShare: number;
  readonly fastShareSd: number;
  /** Its T1rho in ms: mean and spread between patients. */
  readonly fastT1rhoMs: number;
  readonly fastT1rhoSdMs: number;
  /** Scale of every other tissue's spread between patients (0 none, 1 as in the table). */
  readonly spread: number;
}

export const DEFAULT_TISSUE_OPTIONS: TissueOptions = {
  // Means and spread as in healthy and fibrotic livers at 3 T, F4 from the 2025 meta-analysis (+10.5 ms).
  liverT1rhoMs: [41, 42, 43, 45, 51],
  liverT1rhoSdMs: 2.5,
  // 10–15 % at 4–8 ms makes 2 and 4 TSLs disagree as much as on real slices.
  fastShare: 0.12,
  fastShareSd: 0.03,
  fastT1rhoMs: 6,
  fastT1rhoSdMs: 1,
  spread: 1,
};

interface TableRow {
  readonly signal: number;
  /** SD of the signal between patients, as a fraction. */
  readonly signalSpread: number;
  readonly t1rhoMs: number;
  /** SD of the relaxation times between patients, as a fraction. */
  readonly timeSpread: number;
  readonly t2Ms: number;
  readonly t1Ms: number;
}

const row = (
  signal: number,
  signalSpread: number,
  t1rhoMs: number,
  timeSpread: number,
  t2Ms: number,
  t1Ms: number,
): TableRow => ({ signal, signalSpread, t1rhoMs, timeSpread, t2Ms, t1Ms });

/** Signal and its spread, T1rho and the spread of times, T2, T1. */
const TABLE: Readonly<Record<Tissue, TableRow>> = {
  air: row(0, 0, 40, 0, 35, 1000),
  lung: row(0.08, 0.3, 40, 0.1, 30, 1200),
  gas: row(0, 0, 40, 0, 35, 1000),
  fat: row(0.45, 0.2, 80, 0.1, 68, 382),
  muscle: row(0.5, 0.1, 35, 0.06, 29, 898),
  bone: row(0.06, 0.2, 25, 0.1, 15, 900),
  marrow: row(0.55, 0.2, 59, 0.1, 49, 586),
  liver: row(1, 0, 43, 0, 34, 809),
  spleen: row(1.5, 0.12, 73, 0.08, 61, 1328),
  kidney: row(1.55, 0.1, 94, 0.06, 78, 1300),
  pancreas: row(1.05, 0.12, 52, 0.08, 43, 725),
  bowel: row(0.95, 0.15, 55, 0.1, 46, 900),
  fluid: row(1.9, 0.2, 300, 0.2, 250, 2800),
  bile: row(2.3, 0.15, 320, 0.15, 270, 2500),
  csf: row(1.9, 0.1, 400, 0.1, 350, 4000),
  artery: row(0.3, 0.25, 70, 0.15, 55, 1650),
  'portal-vein': row(0.45, 0.2, 70, 0.12, 50, 1600),
  'hepatic-vein': row(0.42, 0.2, 70, 0.12, 50, 1600),
  'bile-duct': row(1.9, 0.15, 260, 0.15, 220, 2300),
  'vena-cava': row(0.4, 0.25, 70, 0.12, 50, 1600),
  'slow-blood': row(1.25, 0.2, 75, 0.1, 60, 1600),
  // Darker than the cortex: T1 is longer (1545 against 1142 ms), of which a TR of 2000 ms leaves 0.88.
  'kidney-medulla': row(1.36, 0.1, 97, 0.06, 81, 1545),
};

/**
 * SD of the signal within a tissue, as a fraction: fat between the fibres of muscle, trabeculae, lobules. Assumed. The
 * liver's texture is one of T1rho, and the anatomy's.
 */
const TEXTURE_SD: Partial<Readonly<Record<Tissue, number>>> = {
  lung: 0.4,
  fat: 0.09,
  muscle: 0.09,
  marrow: 0.14,
  spleen: 0.05,
  kidney: 0.06,
  'kidney-medulla': 0.06,
  pancreas: 0.12,
  bowel: 0.1,
};

/** SPAIR leaves about a tenth of the fat's signal in the liver. */
const FAT_LEFT_BY_SPAIR = 0.1;
/** A fatty liver reads slightly longer: about 0.5 ms at a fat fraction of 0.25 (Xie 2017: 44.9 healthy, 45.0 fatty). */
const T1RHO_MS_PER_FAT_FRACTION = 2;

/** Draws one patient's tissues. Log-normal spreads keep every value positive. */
export function drawTissues(
  participant: Participant,
  options: TissueOptions,
  random: Random,
): PatientTissues {
  const fast = drawFast(options, random.fork('fast'));
  return TISSUES.map((tissue) => {
    const { signal, signalSpread, t1rhoMs, timeSpread, t2Ms, t1Ms } = TABLE[tissue];
    // Cortex and medulla vary together: which is brighter is physics.
    const draw = random.fork(tissue === 'kidney-medulla' ? 'kidney' : tissue);
    const signalScale = Math.exp(signalSpread * options.spread * draw.normal());
    const timeScale = Math.exp(timeSpread * options.spread * draw.normal());
    const hasFast = tissue === 'liver' || tissue === 'muscle';
    const slow = {
      signal: signal * signalScale,
      t1rhoMs: t1rhoMs * timeScale,
      t2Ms: t2Ms * timeScale,
      t1Ms: t1Ms * timeScale,
    };
    return {
      ...(tissue === 'liver' ? liverProperties(participant, options, draw) : slow),
      fastShare: hasFast ? fast.share : 0,
      fastT1rhoMs: fast.t1rhoMs,
      textureSd: TEXTURE_SD[tissue] ?? 0,
    };
  });
}

function drawFast(options: TissueOptions, random: Random): { share: number; t1rhoMs: number } {
  const share = options.fastShare + options.fastShareSd * random.normal();
  const t1rhoMs = options.fastT1rhoMs + options.fastT1rhoSdMs * random.normal();
  return { share: Math.min(0.5, Math.max(0, share)), t1rhoMs: Math.max(1, t1rhoMs) };
}

function liverProperties(
  { stage, liverFatFraction }: Participant,
  options: TissueOptions,
  random: Random,
): Pick<TissueProperties, 'signal' | 't1rhoMs' | 't2Ms' | 't1Ms'> {
  const mean = options.liverT1rhoMs[stage] + T1RHO_MS_PER_FAT_FRACTION * liverFatFraction;
  const t1rhoMs = Math.max(20, mean + options.liverT1rhoSdMs * random.normal());
  const { signal, t2Ms, t1Ms } = TABLE.liver;
  // T2 and T1 follow T1rho, water being what changes all three; T1 changes less.
  const ratio = t1rhoMs / TABLE.liver.t1rhoMs;
  return {
    signal: signal * (1 - liverFatFraction * (1 - FAT_LEFT_BY_SPAIR)),
    t1rhoMs,
    t2Ms: t2Ms * ratio,
    t1Ms: t1Ms * Math.sqrt(ratio),
  };
}
