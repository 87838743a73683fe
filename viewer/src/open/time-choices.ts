/** Times that a user may mean: what the files offer, and what liver protocols commonly use. Offered, never assumed. */
import type { TslSource } from '../../../src/index.ts';
import type { FoundSeries } from '../work/protocol.ts';

export interface TimeChoice {
  readonly label: string;
  readonly tslMs: readonly number[];
}

/** Spin-lock times of published liver protocols at 3 T. */
const COMMON_TSL_MS: readonly (readonly number[])[] = [
  [0, 50],
  [0, 10, 30, 50],
  [0, 10, 20, 30, 40, 50],
];

const SOURCES: Readonly<Record<TslSource, string>> = {
  sidecar: 'from the sidecar',
  'echo-time': 'the echo times',
  description: 'from the description',
};

const MAX_SHOWN = 6;
const few = (tslMs: readonly number[]): string =>
  tslMs.length <= MAX_SHOWN
    ? tslMs.map((t) => +t.toFixed(2)).join(', ')
    : `${+tslMs[0]!.toFixed(2)} … ${+tslMs.at(-1)!.toFixed(2)}`;

export function timeChoices({ offeredTslMs, nImages }: FoundSeries): TimeChoice[] {
  const offered = Object.entries(offeredTslMs).map(([source, tslMs]) => ({
    label: `${SOURCES[source as TslSource]}: ${few(tslMs)}`,
    tslMs,
  }));
  const common = COMMON_TSL_MS.filter((tslMs) => tslMs.length === nImages).map((tslMs) => ({
    label: few(tslMs),
    tslMs,
  }));
  return [...offered, ...common];
}

/** Numbers separated by commas, semicolons or blanks; `undefined` where something else is among them. */
export function parseTimes(text: string): number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const numbers = parts.map(Number);
  return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : undefined;
}
