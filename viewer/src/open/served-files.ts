/** Files that the server offers (`rhomap view DIR`); a static folder on a web server offers none. */
import type { NamedFile } from '../work/protocol.ts';

interface ServedSession {
  readonly folder: {
    readonly files: readonly { readonly name: string; readonly bytes: number; readonly url: string }[];
  } | null;
}

export async function servedFiles(): Promise<NamedFile[]> {
  const answer = await fetch('./session.json');
  if (!answer.ok) return [];
  const { folder } = (await answer.json()) as ServedSession;
  // The worker lies in another folder than the page: it gets whole addresses.
  return (folder?.files ?? []).map(({ name, bytes, url }) => ({
    name,
    bytes,
    from: new URL(url, location.href).href,
  }));
}
