/** A target with every fault that `support/fuzz.ts` must report, one a case. */
import { setTimeout } from 'node:timers/promises';

const kept: Uint8Array[] = [];

export async function tryCase(i: number): Promise<string> {
  if (i === 3) throw new TypeError('no number');
  if (i === 4) for (;;);
  if (i === 5) await setTimeout(3_600_000);
  if (i === 6) raisePeak(1e8);
  return i < 2 ? 'read' : 'refused';
}

/** What is allocated goes into memory that the process held before, as far as there is some: so until the peak has risen. */
function raisePeak(bytes: number): void {
  const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;
  const end = peakBytes() + bytes;
  while (peakBytes() < end) kept.push(new Uint8Array(2e7).fill(1));
}
