/** What the server offers (`rhomap view DIR`); a static folder on a web server offers neither folder nor models. */
import type { NamedFile } from '../work/protocol.ts';

export interface Served {
  readonly folder: string | null;
  readonly files: readonly NamedFile[];
  readonly models: readonly NamedFile[];
}

interface SessionFile {
  readonly folder: {
    readonly name: string;
    readonly files: readonly { readonly name: string; readonly bytes: number; readonly url: string }[];
  } | null;
  readonly models: readonly { readonly name: string; readonly url: string }[];
}

export async function served(): Promise<Served> {
  const answer = await fetch('./session.json');
  if (!answer.ok) return { folder: null, files: [], models: [] };
  const { folder, models } = (await answer.json()) as SessionFile;
  // The worker lies in another folder than the page: it gets whole addresses.
  const whole = (url: string): string => new URL(url, location.href).href;
  return {
    folder: folder?.name ?? null,
    files: (folder?.files ?? []).map(({ name, bytes, url }) => ({ name, bytes, from: whole(url) })),
    models: models.map(({ name, url }) => ({ name, bytes: 0, from: whole(url) })),
  };
}
