/** A folder that a pipeline keeps its results in; paths are relative to it. */
export interface FileStore {
  /** The bytes of a file, or `undefined` if it is not there. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Replaces a file, whole or not at all. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Adds a line to a text file. */
  appendLine(path: string, line: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export async function readJson<T>(store: FileStore, path: string): Promise<T | undefined> {
  const bytes = await store.read(path);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
}

export const writeJson = (store: FileStore, path: string, value: unknown): Promise<void> =>
  store.write(path, new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`));
