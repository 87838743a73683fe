/** Files out of a drop or a file dialog, folders walked to any depth; hidden entries are left out, as on the command line. */
import type { NamedFile } from '../work/protocol.ts';

const BY_NAME = new Intl.Collator('en', { numeric: true });

const inOrder = (files: readonly NamedFile[]): NamedFile[] =>
  withOwnNames(files)
    .filter(({ name }) => !name.split('/').some((part) => part.startsWith('.')))
    .sort((a, b) => BY_NAME.compare(a.name, b.name));

/**
 * Two folders of one name, dropped together, hold files of one name, and files are known by their names: the second ones
 * get a folder of their own.
 */
export function withOwnNames(files: readonly NamedFile[]): NamedFile[] {
  const taken = new Set<string>();
  return files.map((file) => {
    let { name } = file;
    for (let n = 2; taken.has(name); n++) name = `(${n}) ${file.name}`;
    taken.add(name);
    return { ...file, name };
  });
}

export const filesOfInput = (list: FileList): NamedFile[] =>
  inOrder(
    [...list].map((file) => ({ name: file.webkitRelativePath || file.name, bytes: file.size, from: file })),
  );

/** Must be called within the drop event: its items are gone afterwards. */
export async function filesOfDrop(transfer: DataTransfer): Promise<NamedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...transfer.files];
  const found = await Promise.all(
    entries.map(async (entry, i) => {
      if (entry) return walk(entry);
      const file = plain[i];
      return file ? [{ name: file.name, bytes: file.size, from: file }] : [];
    }),
  );
  return inOrder(found.flat());
}

async function walk(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ name: entry.fullPath.replace(/^\//, ''), bytes: file.size, from: file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: NamedFile[] = [];
  for (;;) {
    // A reader gives a hundred entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    for (const child of some) found.push(...(await walk(child)));
  }
}
