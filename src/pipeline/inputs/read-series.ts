/** From a candidate and what the user says about its times to a checked series; command line and viewer read alike. */
import { DataError } from '../../core/errors.ts';
import { imageAt, type SpinLockSeries } from '../../core/volume.ts';
import type { WarningSink } from '../../core/warnings.ts';
import { validateTslMs } from '../../fit/validate-tsl.ts';
import type { ParameterName } from '../../signal/parameters.ts';
import { requestedTslMs, type SeriesCandidate, type TslRequest } from './candidate.ts';

/**
 * Checks the times, reads the pixels, and warns where both do not seem to belong together.
 * @throws OptionError `tsl/…`; DataError `series/no-signal`; DataError, FormatError in the words of whatever cannot be read.
 */
export async function readSeries(
  candidate: SeriesCandidate,
  request: TslRequest,
  parameter: ParameterName,
  warnings: WarningSink,
): Promise<SpinLockSeries> {
  const tslMs = requestedTslMs(candidate, request);
  validateTslMs(tslMs, { parameter, nImages: candidate.nImages, warnings });
  for (const { code, message } of candidate.notes) warnings.add(code, candidate.name, message);
  const series = await candidate.load(request);
  refuseWithoutSignal(series, candidate.name);
  warnOfRisingSignal(series, candidate.images, warnings);
  return series;
}

/** Images that are 0 (or less, or no number) everywhere hold nothing to map: an export that went wrong. */
function refuseWithoutSignal({ signal, tslMs }: SpinLockSeries, name: string): void {
  if (signal.some((value) => value > 0 && value < Number.POSITIVE_INFINITY)) return;
  const what = signal.every((value) => value === 0) ? 'every voxel is 0' : 'no voxel is a number above 0';
  throw new DataError(
    'series/no-signal',
    `${name}: ${what} in all ${tslMs.length} images; export or copy the images again.`,
  );
}

/** Part by which the mean of a later image may exceed that of an earlier one: noise and drift stay below. */
const RISE_TOLERANCE = 0.02;

/** A series whose mean signal rises with time most likely has its images and times paired wrongly. */
function warnOfRisingSignal(series: SpinLockSeries, images: readonly string[], warnings: WarningSink): void {
  const means = series.tslMs.map((_, t) => mean(imageAt(series, t)));
  const order = [...series.tslMs.keys()].sort((a, b) => series.tslMs[a]! - series.tslMs[b]!);
  for (const [i, t] of order.entries()) {
    const before = order[i - 1];
    if (before === undefined || !(means[t]! > (1 + RISE_TOLERANCE) * means[before]!)) continue;
    const name = (index: number): string =>
      `${series.tslMs[index]} ms (${images[index] ?? `image ${index + 1}`})`;
    warnings.add(
      'series/rising',
      name(t),
      `the mean signal is higher than at ${name(before)}: check that times and images are in the same order`,
    );
  }
}

/** Mean of the finite values. */
function mean(values: Float32Array): number {
  let [sum, n] = [0, 0];
  for (const value of values)
    if (Number.isFinite(value)) {
      sum += value;
      n++;
    }
  return sum / n;
}
