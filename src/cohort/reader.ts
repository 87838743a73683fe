/**
 * The region of interest a reader draws on a slice. A careful reader outlines parenchyma of the right lobe in one or
 * two smooth strokes, away from edges, lung, visible vessels and ducts; a careless one draws larger, over vessels and
 * up to the edge. Vessels too small to be seen are in both, as they are in real regions.
 *
 * A region is star-shaped about a seed well inside: along every ray it reaches as far as the reader lets it, the
 * reaches are smoothed as a hand would, and what still strays is cut off.
 */
import { applyAffine } from '../core/affine.ts';
import { ShapeError } from '../core/errors.ts';
import type { Grid } from '../core/grid.ts';
import type { Random } from '../core/random.ts';
import { type Anatomy, type SampleBox, TISSUE_INDEX } from './scene.ts';

export interface ReaderOptions {
  readonly style: 'careful' | 'careless';
  /** Slice thickness: a careful reader sees (as blur) what lies anywhere within it. */
  readonly thicknessMm: number;
}

export const DEFAULT_READER_OPTIONS: ReaderOptions = { style: 'careful', thicknessMm: 7 };

interface Habits {
  /** Distance kept from the liver's edge and from what looks like a vessel, mm. */
  readonly marginMm: number;
  /** Reach from the seed, mm: least and most. */
  readonly reachMm: readonly [number, number];
  /** Area at which the reader is content with one region, mm². */
  readonly enoughMm2: number;
  readonly avoidsVessels: boolean;
}

const HABITS: Readonly<Record<ReaderOptions['style'], Habits>> = {
  careful: { marginMm: 7, reachMm: [20, 32], enoughMm2: 1400, avoidsVessels: true },
  careless: { marginMm: 0.5, reachMm: [38, 60], enoughMm2: 2500, avoidsVessels: false },
};

/** Below this a region is drawn again with smaller margins. */
const LEAST_MM2 = 700;
/** Above it a reader stops: a slice's region has up to about 1500 pixels of 1.5 mm. */
const MOST_MM2 = 3300;
const RAYS = 72;
/** The right lobe lies to the right of the vena cava. */
const RIGHT_LOBE_FROM_MM = 26;

const LIVER_LABELS = new Set<number>(
  (['liver', 'portal-vein', 'hepatic-vein', 'bile-duct', 'slow-blood'] as const).map((t) => TISSUE_INDEX[t]),
);

/**
 * Draws one slice's region on the image grid.
 * @returns `Uint8Array [row, column]`, 1 inside; every pixel's centre lies in the liver through the whole slice.
 *   Empty only where the slice shows hardly any right lobe.
 * @throws ShapeError if the grid's rows and columns do not run along the world's axes.
 */
export function drawReaderRoi(
  anatomy: Anatomy,
  grid: Grid,
  slice: number,
  random: Random,
  options: Partial<ReaderOptions> = {},
): Uint8Array {
  const { style, thicknessMm } = { ...DEFAULT_READER_OPTIONS, ...options };
  const habits = HABITS[style];
  const box = sliceBox(grid, slice);
  const view = lookAt(anatomy, box, thicknessMm, habits.avoidsVessels);
  const pixelMm2 = Math.abs(box.stepMm[0] * box.stepMm[1]);
  for (let margin = habits.marginMm; ; margin *= 0.7) {
    const roi = drawRegions(view, box, { ...habits, marginMm: margin }, random.fork(`margin ${margin}`));
    const area = roi.reduce((sum, v) => sum + v, 0) * pixelMm2;
    if (area >= LEAST_MM2 || margin < 1) return roi;
  }
}

/** The slice's pixel centres as a box in the world. */
function sliceBox(grid: Grid, slice: number): SampleBox {
  const origin = applyAffine(grid.affine, [0, 0, slice]);
  const [column, row] = [applyAffine(grid.affine, [1, 0, slice]), applyAffine(grid.affine, [0, 1, slice])];
  const [dx, dy] = [column[0] - origin[0], row[1] - origin[1]];
  const oblique = Math.hypot(
    column[1] - origin[1],
    column[2] - origin[2],
    row[0] - origin[0],
    row[2] - origin[2],
  );
  if (oblique > 1e-6 || dx === 0 || dy === 0)
    throw new ShapeError(
      'reader/oblique',
      'A reader needs an axial grid whose rows and columns run along x and y.',
    );
  return {
    originMm: [origin[0], origin[1], origin[2]],
    stepMm: [dx, dy, 1],
    size: [grid.nColumns, grid.nRows, 1],
  };
}

interface View {
  /** 1 where the pixel's centre is in the liver (vessels within it included) through the whole slice. */
  readonly inside: Uint8Array;
  /** Distance in mm to what the reader keeps away from. */
  readonly distanceMm: Float32Array;
}

function lookAt(anatomy: Anatomy, box: SampleBox, thicknessMm: number, avoidsVessels: boolean): View {
  const n = box.size[0] * box.size[1];
  const inside = new Uint8Array(n).fill(1);
  const foreign = new Float32Array(n);
  const planes = [-0.45, -0.22, 0, 0.22, 0.45];
  for (const shift of planes) {
    const [x, y, z] = box.originMm;
    const labels = anatomy.labels({ ...box, originMm: [x, y, z + shift * thicknessMm] });
    for (let i = 0; i < n; i++) {
      if (!LIVER_LABELS.has(labels[i]!)) inside[i] = 0;
      if (labels[i] !== TISSUE_INDEX.liver) foreign[i]! += 1 / planes.length;
    }
  }
  const blocked = Uint8Array.from(inside, (v) => 1 - v);
  if (avoidsVessels) markVisibleVessels(foreign, blocked, box.size[0]);
  return { inside, distanceMm: distanceTo(blocked, box) };
}

/** A vessel is seen where it fills a third of a 3 × 3 neighbourhood, averaged through the slice. */
function markVisibleVessels(foreign: Float32Array, blocked: Uint8Array, nColumns: number): void {
  for (let at = nColumns + 1; at < foreign.length - nColumns - 1; at++) {
    let sum = 0;
    for (let r = -nColumns; r <= nColumns; r += nColumns)
      sum += foreign[at + r - 1]! + foreign[at + r]! + foreign[at + r + 1]!;
    if (sum > 3) blocked[at] = 1;
  }
}

/** Distance to the nearest blocked pixel in mm: two sweeps of a 3 × 3 chamfer (within 8 % of Euclid's). */
function distanceTo(blocked: Uint8Array, { size: [nx, ny], stepMm }: SampleBox): Float32Array {
  const [dx, dy] = [Math.abs(stepMm[0]), Math.abs(stepMm[1])];
  const diagonal = Math.hypot(dx, dy);
  const out = Float32Array.from(blocked, (v) => (v === 1 ? 0 : 1e6));
  const relax = (at: number, from: number, step: number): void => {
    if (out[from]! + step < out[at]!) out[at] = out[from]! + step;
  };
  // The image's frame is air: blocked, so neighbours always exist.
  for (let j = 1; j < ny - 1; j++)
    for (let i = 1; i < nx - 1; i++) {
      const at = j * nx + i;
      relax(at, at - 1, dx);
      relax(at, at - nx, dy);
      relax(at, at - nx - 1, diagonal);
      relax(at, at - nx + 1, diagonal);
    }
  for (let j = ny - 2; j > 0; j--)
    for (let i = nx - 2; i > 0; i--) {
      const at = j * nx + i;
      relax(at, at + 1, dx);
      relax(at, at + nx, dy);
      relax(at, at + nx + 1, diagonal);
      relax(at, at + nx - 1, diagonal);
    }
  return out;
}

function drawRegions(view: View, box: SampleBox, habits: Habits, random: Random): Uint8Array {
  const pixelMm2 = Math.abs(box.stepMm[0] * box.stepMm[1]);
  const roi = new Uint8Array(view.inside.length);
  const wantsTwo = random.uniform() < 0.35;
  for (let region = 0; region < 2; region++) {
    const seed = chooseSeed(view, box, roi, habits, random);
    if (seed < 0) break;
    drawRegion(view, box, roi, seed, habits, random);
    const area = roi.reduce((sum, v) => sum + v, 0) * pixelMm2;
    if (area > habits.enoughMm2 && !wantsTwo) break;
    if (area > 0.6 * MOST_MM2) break;
  }
  return roi;
}

/** A pixel of the right lobe among those deepest inside, away from regions already drawn; −1 where there is none. */
function chooseSeed(view: View, box: SampleBox, roi: Uint8Array, habits: Habits, random: Random): number {
  const nx = box.size[0];
  const free = roi.some((v) => v === 1) ? distanceTo(roi, box) : undefined;
  const depth = (at: number): number =>
    box.originMm[0] + (at % nx) * box.stepMm[0] < RIGHT_LOBE_FROM_MM
      ? 0
      : Math.min(view.distanceMm[at]!, free === undefined ? Infinity : free[at]! - 6);
  let deepest = 0;
  for (let at = 0; at < roi.length; at++) deepest = Math.max(deepest, depth(at));
  if (deepest < habits.marginMm + 3) return -1;
  const candidates: number[] = [];
  for (let at = 0; at < roi.length; at++) if (depth(at) > 0.8 * deepest) candidates.push(at);
  return candidates[random.integer(candidates.length)]!;
}

function drawRegion(
  view: View,
  box: SampleBox,
  roi: Uint8Array,
  seed: number,
  habits: Habits,
  random: Random,
): void {
  const [nx, ny] = box.size;
  const [dx, dy] = [Math.abs(box.stepMm[0]), Math.abs(box.stepMm[1])];
  const [ci, cj] = [seed % nx, Math.floor(seed / nx)];
  const [low, high] = habits.reachMm;
  const reach = low + (high - low) * random.uniform();
  const [stretch, tilt] = [0.25 * random.uniform(), Math.PI * random.uniform()];
  const free = new Float64Array(RAYS);
  for (let ray = 0; ray < RAYS; ray++) {
    const angle = (2 * Math.PI * ray) / RAYS;
    const most = reach * (1 + stretch * Math.cos(2 * (angle - tilt)));
    let r = 0;
    for (; r < most; r += 0.5) {
      const i = Math.round(ci + ((r + 0.5) * Math.cos(angle)) / dx);
      const j = Math.round(cj + ((r + 0.5) * Math.sin(angle)) / dy);
      if (i < 0 || j < 0 || i >= nx || j >= ny || view.distanceMm[j * nx + i]! < habits.marginMm) break;
    }
    free[ray] = r;
  }
  const outline = smoothReach(free, random);
  for (let j = 0; j < ny; j++)
    for (let i = 0; i < nx; i++) {
      const [x, y] = [(i - ci) * dx, (j - cj) * dy];
      const r = Math.hypot(x, y);
      if (r > 2 * high) continue;
      const ray = ((Math.atan2(y, x) / (2 * Math.PI)) * RAYS + RAYS) % RAYS;
      const k = Math.floor(ray);
      const limit = outline[k % RAYS]! + (ray - k) * (outline[(k + 1) % RAYS]! - outline[k % RAYS]!);
      const at = j * nx + i;
      if (r <= limit && view.inside[at] === 1 && view.distanceMm[at]! > 0.5 * habits.marginMm) roi[at] = 1;
    }
}

/** The hand does not follow every notch: least reach among neighbours, averaged, with a slow tremor inwards. */
function smoothReach(free: Float64Array, random: Random): Float64Array {
  const at = (values: Float64Array, ray: number): number => values[(ray + RAYS) % RAYS]!;
  const least = free.map((_, ray) => Math.min(at(free, ray - 1), at(free, ray), at(free, ray + 1)));
  const phases = [2, 3, 5].map(() => 2 * Math.PI * random.uniform());
  return least.map((_, ray) => {
    let sum = 0;
    let weights = 0;
    for (let k = -5; k <= 5; k++) {
      const w = Math.exp(-((k / 3) ** 2));
      sum += w * Math.min(at(least, ray + k), 1.6 * at(least, ray));
      weights += w;
    }
    const tremor = [2, 3, 5].reduce(
      (t, order, i) => t + 0.025 * Math.cos((order * 2 * Math.PI * ray) / RAYS + phases[i]!),
      0,
    );
    return (sum / weights) * (0.94 + tremor);
  });
}
