/**
 * One virtual patient's body: its parts are drawn once from the patient and a seed, then painted plane by plane from
 * the outside in wherever a box of samples asks for them. Lengths in mm; what is modelled and what is not is told in
 * `docs/explanation/virtual-anatomy.md`.
 */
import type { Random } from '../../core/random.ts';
import type { Participant } from '../participants.ts';
import type { Anatomy, SampleBox } from '../scene.ts';
import { drawColon, drawSmallBowel, drawStomach } from './bowel.ts';
import { createCanvas, drawWarp, type Part, type Warp } from './canvas.ts';
import { drawDimensions } from './dimensions.ts';
import { drawAorta, drawSplenicVein, drawStrands, drawVenaCava } from './great-vessels.ts';
import { drawLiverShape, liverParts } from './liver.ts';
import { sampleLiver } from './liver-mask.ts';
import { drawLiverVessels } from './liver-vessels.ts';
import { drawAdrenals, drawGallbladder, drawKidneys, drawPancreas, drawSpleen } from './organs.ts';
import { TISSUE_OF_LABEL } from './regions.ts';
import { createSmoothField, type SmoothField } from './smooth-field.ts';
import { drawSpine } from './spine.ts';
import { drawThorax } from './thorax.ts';
import { drawTrunk } from './trunk.ts';
import { drawWall } from './wall.ts';

export interface AnatomyOptions {
  /** Smooth variation of T1rho over the liver: SD as a fraction, and scale. */
  readonly regionalSd: number;
  readonly regionalCellMm: number;
  /**
   * Fine variation (lobules, vessels too small to draw): SD as a fraction, and the larger of its two scales. Grows
   * with fibrosis.
   */
  readonly textureSd: number;
  readonly textureCellMm: number;
  /** Smooth variation of the fast-relaxing share: SD as a fraction. */
  readonly fastShareSd: number;
}

export const DEFAULT_ANATOMY_OPTIONS: AnatomyOptions = {
  regionalSd: 0.03,
  regionalCellMm: 35,
  textureSd: 0.085,
  textureCellMm: 7,
  fastShareSd: 0.25,
};

/** How much stronger the texture is at stage F0–F4. */
const TEXTURE_BY_STAGE = [1, 1.05, 1.15, 1.3, 1.5] as const;

/** Draws the body of `participant`. The same seed gives the same body. */
export function drawAnatomy(
  participant: Participant,
  random: Random,
  options: Partial<AnatomyOptions> = {},
): Anatomy {
  const settings = { ...DEFAULT_ANATOMY_OPTIONS, ...options };
  const dimensions = drawDimensions(participant, random.fork('dimensions'));
  const trunk = drawTrunk(dimensions, random.fork('trunk'));
  const liver = drawLiverShape(participant, dimensions, random.fork('liver'));
  const warp = drawWarp(random.fork('warp'));
  const parts: Part[] = [
    ...drawWall(participant, dimensions, trunk, random.fork('wall')),
    ...drawThorax(dimensions, trunk, random.fork('thorax')),
    ...drawSpine(dimensions, random.fork('spine')),
    drawAorta(participant, dimensions, random.fork('aorta')),
    ...drawKidneys(dimensions, random.fork('kidneys')),
    ...liverParts(liver, dimensions),
    drawVenaCava(dimensions, random.fork('vena-cava')),
    ...drawGallbladder(dimensions, warp, random.fork('gallbladder')),
    drawSpleen(participant, dimensions, random.fork('spleen')),
    drawAdrenals(dimensions, random.fork('adrenals')),
    ...drawStomach(dimensions, random.fork('stomach')),
    drawPancreas(participant, dimensions, warp, random.fork('pancreas')),
    drawSplenicVein(dimensions, warp, random.fork('splenic-vein')),
    ...drawColon(dimensions, warp, random.fork('colon')),
    ...drawSmallBowel(dimensions, warp, random.fork('small-bowel')),
    drawStrands(dimensions, random.fork('strands')),
  ];
  const mask = sampleLiver((box) => paintBox(parts, warp, box));
  const vessels = drawLiverVessels(dimensions, warp, mask, random.fork('vessels'));
  const texture = random.fork('texture');
  const regional = createSmoothField(texture.fork('regional'), settings.regionalCellMm);
  const fine = createSmoothField(texture.fork('fine'), settings.textureCellMm);
  const finer = createSmoothField(texture.fork('finer'), 0.45 * settings.textureCellMm);
  const fast = createSmoothField(texture.fork('fast'), settings.regionalCellMm);
  const grain = createSmoothField(texture.fork('grain'), 3.2);
  const patches = createSmoothField(texture.fork('patches'), 11);
  const stageScale = TEXTURE_BY_STAGE[participant.stage];
  return {
    sliceZMm: [-dimensions.sliceGapMm, 0, dimensions.sliceGapMm],
    labels: (box) => paintBox([...parts, ...vessels], warp, box),
    liverT1rhoFactor: (box) =>
      sampleFields(box, [
        [regional, settings.regionalSd],
        // Two scales, 0.8² + 0.6² = 1: one alone looks blotchy.
        [fine, 0.8 * settings.textureSd * stageScale],
        [finer, 0.6 * settings.textureSd * stageScale],
      ]),
    fastShareFactor: (box) => sampleFields(box, [[fast, settings.fastShareSd]]),
    signalTexture: (box) =>
      sumFields(box, [
        [grain, 0.9],
        [patches, 0.43],
      ]),
  };
}

function paintBox(parts: readonly Part[], warp: Warp, box: SampleBox): Uint8Array {
  const [nx, ny, nz] = box.size;
  const out = new Uint8Array(nx * ny * nz);
  for (let k = 0; k < nz; k++) {
    const labels = out.subarray(k * nx * ny, (k + 1) * nx * ny);
    const canvas = createCanvas({ labels, box, zMm: box.originMm[2] + k * box.stepMm[2] }, warp);
    for (const paint of parts) paint(canvas);
  }
  for (let i = 0; i < out.length; i++) out[i] = TISSUE_OF_LABEL[out[i]!]!;
  return out;
}

type WeightedFields = readonly (readonly [SmoothField, number])[];

/** exp(Σ weight · field − Σ weight²/2) at the points of the box: positive, mean 1. */
function sampleFields(box: SampleBox, fields: WeightedFields): Float32Array {
  const out = sumFields(box, fields);
  const halfVariance = fields.reduce((sum, [, w]) => sum + (w * w) / 2, 0);
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(out[i]! - halfVariance);
  return out;
}

/** Σ weight · field at the points of the box. */
function sumFields(box: SampleBox, fields: WeightedFields): Float32Array {
  const [nx, ny, nz] = box.size;
  const out = new Float32Array(nx * ny * nz);
  for (let k = 0; k < nz; k++) {
    const slice = out.subarray(k * nx * ny, (k + 1) * nx * ny);
    for (const [field, weight] of fields)
      if (weight !== 0) field.addTo(slice, box, box.originMm[2] + k * box.stepMm[2], weight);
  }
  return out;
}
