/** The thread behind `fuzz.ts`. */
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { FuzzTarget, FuzzWorkerData } from './fuzz.ts';

const { target, firstCase, nCases, maxMemoryBytes, current } = workerData as FuzzWorkerData;
const { tryCase } = (await import(target)) as FuzzTarget;

const outcomes = new Map<string, number>();
for (let i = firstCase; i < firstCase + nCases; i++) {
  Atomics.store(current, 0, i);
  const outcome = await attempt(i);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}
parentPort!.postMessage(outcomes);

async function attempt(i: number): Promise<string> {
  const fail = (what: string, cause?: unknown): never => {
    throw new Error(`${basename(target)}: case ${i} ${what}`, { cause });
  };
  let outcome = '';
  try {
    outcome = await tryCase(i);
  } catch (cause) {
    fail(`broke the reader: ${cause}`, cause);
  }
  // The most that the process ever held, so that no peak between two cases is missed.
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  if (peakBytes > maxMemoryBytes) fail(`took the process to ${Math.round(peakBytes / 1e6)} MB`);
  return outcome;
}
