/** What can be said of the images before mapping: their times and their resolution against those of the training. */
import type { ModelInfo } from '../methods/model-info.ts';
import { type InputCheck, worstCheck } from './input-checks.ts';

/** Times may be rounded. */
const TIME_TOLERANCE_MS = 1;
/** Beyond this ratio of the time between the images the network has no idea of the noise in the coarse map. */
const SPAN_RATIO = 1.35;
/** Voxels coarser than the training's by more: structures that it knows are not there. */
const COARSER = 1.6;

/** @param voxelMm voxel size of the images within the slice; @param usedTslMs the two times that are mapped from. */
export function checkProtocol(
  info: Pick<ModelInfo, 'coarseTslMs' | 'pixelMm'>,
  usedTslMs: readonly [number, number],
  voxelMm: readonly [number, number],
): InputCheck {
  const [short, long] = info.coarseTslMs;
  const ratio = (usedTslMs[1] - usedTslMs[0]) / (long - short);
  const checks: InputCheck[] = [];
  if (Math.max(ratio, 1 / ratio) > SPAN_RATIO)
    checks.push({
      verdict: 'refuse',
      reasons: [`TSL ${usedTslMs.join(' and ')} ms: the model was trained for ${short} and ${long} ms`],
    });
  else if (
    Math.abs(usedTslMs[0] - short) > TIME_TOLERANCE_MS ||
    Math.abs(usedTslMs[1] - long) > TIME_TOLERANCE_MS
  )
    checks.push({
      verdict: 'unusual',
      reasons: [`TSL ${usedTslMs.join(' and ')} ms: the model was trained for ${short} and ${long} ms`],
    });
  const coarsest = Math.max(...voxelMm);
  if (info.pixelMm !== null && coarsest > COARSER * info.pixelMm)
    checks.push({
      verdict: 'unusual',
      reasons: [
        `voxels of ${coarsest.toFixed(1)} mm: the model was trained on ${info.pixelMm.toFixed(1)} mm`,
      ],
    });
  return worstCheck(checks);
}
