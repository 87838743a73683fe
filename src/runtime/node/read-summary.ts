import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What is always in the `summary.json` of a command. */
export interface SummaryRecord {
  readonly command?: string | undefined;
  readonly results: Readonly<Record<string, unknown>>;
}

const summarySchema: z.ZodType<SummaryRecord> = z.object({
  command: z.string().optional(),
  results: z.record(z.string(), z.unknown()),
});

/** What a command of rhomap noted in its folder; `undefined` where there is no whole `summary.json`. */
export async function readSummary(folder: string): Promise<SummaryRecord | undefined> {
  try {
    return summarySchema.parse(JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')));
  } catch {
    return undefined;
  }
}
