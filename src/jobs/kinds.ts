/** The kinds of jobs. Each is loaded by the workers that run it. */
import type { JobRecord, Runner } from './task.ts';

type OpenRunner = (definition: JobRecord['definition'], folder: string) => Promise<Runner>;

const KINDS: Readonly<Record<string, () => Promise<OpenRunner>>> = {
  map: async () => (await import('./map/runner.ts')).openMapRunner,
};

/** @throws what the kind throws where something it needs is missing. */
export async function openRunner({ kind, definition }: JobRecord, folder: string): Promise<Runner> {
  const open = await KINDS[kind]!();
  return open(definition, folder);
}
