/**
 * The JSON file beside a NIfTI image: spin-lock times as `SpinLockTime` in seconds (a number, or one per volume).
 * `EchoTime` is read too, because some scanners put the spin-lock time there, but it is used only where the user asks.
 */
import { FormatError } from '../../core/errors.ts';
import { msFromSeconds } from '../../core/units.ts';

export interface NiftiSidecar {
  /** The sidecar's name, for messages. */
  readonly name: string;
  /** One per volume, or one for the file; absent where the sidecar does not say. */
  readonly spinLockTimeMs?: readonly number[];
  readonly echoTimeMs?: readonly number[];
  readonly spinLockFrequencyHz?: number;
}

/** No spin-lock or echo lasts a second: a larger number was given in ms. */
const LONGEST_TIME_S = 1;

/**
 * @throws FormatError if the text is not JSON, or a time is not a number of seconds.
 */
export function parseNiftiSidecar(text: string, name: string): NiftiSidecar {
  const json = parseObject(text, name);
  const spinLockTimeMs = timesMs(json['SpinLockTime'], 'SpinLockTime', name);
  const echoTimeMs = timesMs(json['EchoTime'] ?? echoTimesByVolume(json), 'EchoTime', name);
  const frequency = json['SpinLockFrequency'];
  return {
    name,
    ...(spinLockTimeMs && { spinLockTimeMs }),
    ...(echoTimeMs && { echoTimeMs }),
    ...(typeof frequency === 'number' && { spinLockFrequencyHz: frequency }),
  };
}

function parseObject(text: string, name: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new FormatError('sidecar/json', name, `not valid JSON (${(cause as Error).message}).`, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new FormatError('sidecar/json', name, 'a sidecar must be a JSON object.');
  return json as Record<string, unknown>;
}

/** qMRLab's layout: `volume_ids: [{ EchoTime }, …]`. */
function echoTimesByVolume(json: Record<string, unknown>): unknown {
  const volumes = json['volume_ids'];
  if (!Array.isArray(volumes)) return undefined;
  const times = volumes.map((v: unknown) => (v as { EchoTime?: unknown } | null)?.EchoTime);
  return times.every((t) => t === undefined) ? undefined : times;
}

function timesMs(value: unknown, key: string, name: string): number[] | undefined {
  if (value === undefined) return undefined;
  const seconds: unknown[] = Array.isArray(value) ? value : [value];
  if (!seconds.every((t): t is number => typeof t === 'number' && Number.isFinite(t) && t >= 0))
    throw new FormatError('sidecar/time', name, `${key} must be a number of seconds, or a list of them.`);
  const longest = Math.max(...seconds);
  if (longest > LONGEST_TIME_S)
    throw new FormatError(
      'sidecar/time',
      name,
      `${key} ${longest} is not plausible in seconds; was it given in milliseconds? Write ${longest / 1000}.`,
    );
  return seconds.map((s) => roundedMs(msFromSeconds(s)));
}

/** 0.0128 s is 12.8 ms, not 12.799999999999999: a nanosecond grid is finer than any scanner's clock. */
const roundedMs = (ms: number): number => Math.round(ms * 1e6) / 1e6;
