/** How far a job is, in words: done, failed, left, rate, time left. */
export interface JobCounts {
  /** Done in this run and before. */
  readonly nDone: number;
  readonly nFailed: number;
  readonly nLeft: number;
}

/** @param nEnded tasks that ended in this run, which is `seconds` old. */
export function progressWords({ nDone, nFailed, nLeft }: JobCounts, nEnded: number, seconds: number): string {
  const counts = `${nDone} done, ${nFailed} failed, ${nLeft} left`;
  if (nEnded === 0 || seconds <= 0) return counts;
  const rate = nEnded / seconds;
  return `${counts} · ${rateWords(rate)} · ${durationWords(nLeft / rate)} left`;
}

const rateWords = (perSecond: number): string =>
  perSecond >= 1
    ? `${perSecond.toFixed(1)} a second`
    : perSecond >= 1 / 60
      ? `${(60 * perSecond).toFixed(1)} a minute`
      : `${(3600 * perSecond).toFixed(1)} an hour`;

export function durationWords(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
