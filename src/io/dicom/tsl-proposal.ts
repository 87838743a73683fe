import { DataError } from '../../core/errors.ts';
import type { PlacedFrame, SpinLockCandidate } from './candidate.ts';

/**
 * Spin-lock times that the files seem to offer. DICOM has no attribute for them; GE and MAPSS sequences put them into
 * EchoTime, some sites into SeriesDescription. On Philips TriggerTime is the start of the dynamic, so it is no source.
 * Proposed, never decided: a caller must ask for a source by name.
 */
export type TslSource = 'echo-time' | 'description';

export interface TslProposal {
  readonly source: TslSource;
  readonly tslMs: readonly number[];
  /** What it was read from. */
  readonly evidence: string;
}

/** @param frames `[slice][time]`, complete. */
export function proposeTsl(frames: readonly (readonly PlacedFrame[])[]): TslProposal[] {
  return [fromEchoTime(frames), fromDescription(frames)].filter((p) => p !== undefined);
}

/**
 * The spin-lock times of a candidate from the source the user asked for.
 * @throws DataError `dicom/no-tsl` where that source does not offer one per image.
 */
export function tslFrom(candidate: SpinLockCandidate, source: TslSource): readonly number[] {
  const proposal = candidate.proposals.find((p) => p.source === source);
  if (proposal) return proposal.tslMs;
  const what =
    source === 'echo-time' ? 'EchoTime does not differ' : 'SeriesDescription names no spin-lock times';
  throw new DataError(
    'dicom/no-tsl',
    `${candidate.title}: ${what} for its ${candidate.nTimes} images; give the times with --tsl.`,
  );
}

function fromEchoTime(frames: readonly (readonly PlacedFrame[])[]): TslProposal | undefined {
  const bySlice = frames.map((times) => times.map((f) => f.frame.echoTimeMs));
  const tslMs = bySlice[0]!.filter((t) => t !== undefined);
  const complete =
    tslMs.length === bySlice[0]!.length && new Set(tslMs).size === tslMs.length && tslMs.length > 1;
  const same = bySlice.every((times) => times.every((t, i) => t === tslMs[i]));
  if (!complete || !same) return undefined;
  return { source: 'echo-time', tslMs, evidence: `EchoTime ${tslMs.join(', ')} ms` };
}

/** `TSL 0_10_40_80ms`, `SL 10ms`, `TSL=10`: a label, then numbers joined by `_`, `,`, `/`, `-` or spaces. */
const TSL_TEXT = /(?<![a-z])t?sl[\s_=:]*(\d+(?:\.\d+)?(?:[\s_,/-]+\d+(?:\.\d+)?)*)[\s_]*(ms)?(?![a-z\d])/i;

/** The numbers after a spin-lock label in a text, ms. */
export function tslInText(description: string | undefined): number[] {
  const match = TSL_TEXT.exec(description ?? '');
  return match ? match[1]!.split(/[\s_,/-]+/).map(Number) : [];
}

function fromDescription(frames: readonly (readonly PlacedFrame[])[]): TslProposal | undefined {
  const n = frames[0]!.length;
  const all = frames.map((times) => {
    const listed = times.map((f) => tslInText(f.image.seriesDescription));
    // One series that lists all times, or one series per time that names its own.
    if (listed.every((l) => l.length === n && n > 1 && l.join() === listed[0]!.join())) return listed[0]!;
    return listed.every((l) => l.length === 1) ? listed.map((l) => l[0]!) : [];
  });
  const tslMs = all[0]!;
  if (
    tslMs.length !== n ||
    new Set(tslMs).size !== n ||
    n < 2 ||
    !all.every((t) => t.join() === tslMs.join())
  )
    return undefined;
  const texts = [...new Set(frames[0]!.map((f) => `"${f.image.seriesDescription}"`))];
  return { source: 'description', tslMs, evidence: `SeriesDescription ${texts.join(', ')}` };
}
