/** A target with every fault that `support/fuzz.ts` must report, one a case. */
import { setTimeout } from 'node:timers/promises';

const kept: Uint8Array[] = [];

export async function tryCase(i: number): Promise<string> {
  if (i === 3) throw new TypeError('no number');
  if (i === 4) for (;;);
  if (i === 5) await setTimeout(3_600_000);
  if (i === 6) kept.push(new Uint8Array(1e8).fill(1));
  return i < 2 ? 'read' : 'refused';
}
