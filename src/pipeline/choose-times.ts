import { OptionError } from '../core/errors.ts';

/** Two of a series' images. */
export interface TwoTimes {
  readonly tslMs: readonly [number, number];
  /** Their places in the series. */
  readonly images: readonly [number, number];
}

/**
 * The two images to map from: those that the user names, else those whose times are nearest to the model's, the shorter
 * one first.
 * @throws OptionError `map/times` if a named time is not there, or both are one image.
 */
export function chooseTwoTimes(
  tslMs: readonly number[],
  modelTslMs: readonly [number, number],
  named?: readonly [number, number],
): TwoTimes {
  const missing = named?.find((t) => !tslMs.includes(t));
  if (missing !== undefined)
    throw new OptionError(
      'map/times',
      `There is no image of TSL ${missing} ms; there are ${tslMs.join(', ')}.`,
    );
  const wanted = named ? [...named].sort((a, b) => a - b) : modelTslMs;
  const [short, long] = wanted.map((t) => nearest(tslMs, t)) as [number, number];
  if (short === long)
    throw new OptionError(
      'map/times',
      `The model maps from TSL ${modelTslMs.join(' and ')} ms, but of ${tslMs.join(', ')} ms one image is nearest to both; name two with --map-from.`,
    );
  return { tslMs: [tslMs[short]!, tslMs[long]!], images: [short, long] };
}

const nearest = (tslMs: readonly number[], wanted: number): number =>
  tslMs.reduce((best, t, i) => (Math.abs(t - wanted) < Math.abs(tslMs[best]! - wanted) ? i : best), 0);
