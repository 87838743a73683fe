/**
 * Checks of contrast times before any fit. Most wrong maps come from times in the wrong unit or order, and such a map
 * looks fine: so these are errors, not warnings. The exception is order, which the fit itself does not mind.
 */
import { OptionError } from '../core/errors.ts';
import type { WarningSink } from '../core/warnings.ts';
import { PARAMETERS, type ParameterName } from '../signal/parameters.ts';

/** If even the longest time is under this, they were given in seconds: no tissue decays visibly in it. */
const SECONDS_SUSPECT_MS = 1;

export interface ValidateTslOptions {
  readonly parameter?: ParameterName;
  /** Images that the times must match in number. */
  readonly nImages?: number;
  /** Receives `tsl/unordered`. */
  readonly warnings?: WarningSink;
}

/**
 * Throws unless `tslMs` are usable contrast times in ms for the parameter (T1rho: 0–200 ms).
 * @throws OptionError `tsl/count`, `tsl/single`, `tsl/range`, `tsl/seconds`, `tsl/repeated`.
 */
export function validateTslMs(tslMs: readonly number[], options: ValidateTslOptions = {}): void {
  const { timeName, maxTimeMs, label } = PARAMETERS[options.parameter ?? 't1rho'];
  const list = tslMs.join(', ');
  const fail = (code: string, message: string): never => {
    throw new OptionError(code, message);
  };
  if (options.nImages !== undefined && tslMs.length !== options.nImages)
    fail(
      'tsl/count',
      `${tslMs.length} ${timeName} value${tslMs.length === 1 ? '' : 's'} (${list}) for ${options.nImages} images: give one per image.`,
    );
  if (tslMs.length < 2)
    fail('tsl/single', `A ${label} fit needs at least two ${timeName} values, got ${tslMs.length}.`);
  const strange = tslMs.find((t) => !Number.isFinite(t) || t < 0 || t > maxTimeMs);
  if (strange !== undefined)
    fail(
      'tsl/range',
      `${timeName} ${strange} is outside 0–${maxTimeMs} ms: give ${timeName} in milliseconds (got ${list}).`,
    );
  if (Math.max(...tslMs) < SECONDS_SUSPECT_MS)
    fail(
      'tsl/seconds',
      `${timeName} values ${list} look like seconds: give them in milliseconds (${tslMs.map((t) => +(t * 1000).toPrecision(6)).join(', ')}).`,
    );
  const repeated = tslMs.find((t, i) => tslMs.indexOf(t) !== i);
  if (repeated !== undefined)
    fail('tsl/repeated', `${timeName} ${repeated} ms occurs twice in ${list}: give each image its own time.`);
  if (tslMs.some((t, i) => i > 0 && t < tslMs[i - 1]!))
    options.warnings?.add(
      'tsl/unordered',
      timeName,
      `the values ${list} are not in rising order; images are taken in the order given.`,
    );
}
