/**
 * Work in progress, kept in the browser (IndexedDB) so that it survives a reload or a crash. The study is written once,
 * regions and view whenever they change. Nothing is kept where the browser refuses.
 */
import type { Study } from '../study/study.ts';
import type { RoiState } from './rois.svelte.ts';
import type { Review, View } from './view.svelte.ts';

/** Older versions are not restored. */
const SCHEMA_VERSION = 1;

export interface SavedStudy {
  readonly schemaVersion: number;
  /** The folder that the server offered, where the study comes from there. */
  readonly servedFolder: string | null;
  readonly study: Study;
}

/** What changes while one works. */
export interface SavedWork {
  readonly rois: RoiState;
  readonly view: View;
  readonly review: Review;
}

const STORE = 'work';

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function withStore<T>(
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  try {
    const opening = indexedDB.open('rhomap', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    const database = await done(opening);
    try {
      return await done(use(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      database.close();
    }
  } catch {
    // A private window, a full disk: one works without being saved.
    return undefined;
  }
}

/** The work that was saved before is taken to be on this study: `wipe` what belongs to another. */
export const saveStudy = async (servedFolder: string | null, study: Study): Promise<void> => {
  const { source: _, ...anonymous } = study;
  await withStore('readwrite', (store) =>
    store.put(
      { schemaVersion: SCHEMA_VERSION, servedFolder, study: anonymous } satisfies SavedStudy,
      'study',
    ),
  );
};

export const saveWork = async (work: SavedWork): Promise<void> => {
  await withStore('readwrite', (store) => store.put(work, 'state'));
};

export async function restore(
  servedFolder: string | null,
): Promise<{ readonly study: Study; readonly work: SavedWork | undefined } | undefined> {
  const saved = await withStore<SavedStudy | undefined>('readonly', (store) => store.get('study'));
  if (saved?.schemaVersion !== SCHEMA_VERSION || saved.servedFolder !== servedFolder) return undefined;
  const work = await withStore<SavedWork | undefined>('readonly', (store) => store.get('state'));
  return { study: saved.study, work };
}

export const wipe = async (): Promise<void> => {
  await withStore('readwrite', (store) => store.clear());
};
