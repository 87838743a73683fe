import type { Warning } from '../core/warnings.ts';
import type { Terminal } from './terminal.ts';

/** Places of one fault that get a line each; more become one line. */
const MAX_LINES = 3;

/** Warnings on the screen: a line each, but one line for a fault that many files share. `summary.json` lists all. */
export function printWarnings(terminal: Terminal, warnings: readonly Warning[]): void {
  for (const same of Map.groupBy(warnings, ({ code, message }) => `${code} ${message}`).values()) {
    const [{ code, message }] = same as [Warning];
    const places = same.map(({ where }) => where);
    const lines =
      places.length <= MAX_LINES ? places : [`${places[0]} and ${places.length - 1} more like it`];
    for (const line of lines) terminal.warn(`${line}: ${message} [${code}]`);
  }
}
