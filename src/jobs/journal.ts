/**
 * What happened to the tasks of a job: lines of JSON that are only ever added. Each process writes a file of its own,
 * so that many may write on a shared disk; a line that a kill cut off is no line. Whoever reads sees, task by task, the
 * best that happened: done, else failed, else started.
 */
import { appendFileSync, closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../runtime/node/make-folder.ts';
import { unwritable } from '../runtime/node/unwritable.ts';
import { jobPaths } from './job-folder.ts';
import type { OutputMark } from './output-mark.ts';

export type JournalEvent = { readonly id: string; readonly stamp: string } & (
  | { readonly event: 'started' }
  | { readonly event: 'done'; readonly seconds: number; readonly output: OutputMark }
  | { readonly event: 'failed'; readonly code: string; readonly reason: string }
);

/** What is known of a task, for its latest stamp. */
export interface TaskHistory {
  readonly stamp: string;
  /** How often it was started. */
  readonly nStarts: number;
  /** How often it was done or failed. */
  readonly nEnds: number;
  readonly done?: { readonly seconds: number; readonly output: OutputMark };
  readonly failed?: { readonly code: string; readonly reason: string };
}

export type Journal = ReadonlyMap<string, TaskHistory>;

/** What is known of a task as it is now; nothing, where its files or options were others. */
export function historyOf(journal: Journal, { id, stamp }: Pick<JournalEvent, 'id' | 'stamp'>): TaskHistory {
  const known = journal.get(id);
  return known?.stamp === stamp ? known : { stamp, nStarts: 0, nEnds: 0 };
}

/** @param writer unique among processes of all machines. */
export function openJournalWriter(folder: string, writer: string): (event: JournalEvent) => void {
  const path = join(jobPaths(folder).journal, `${writer}.jsonl`);
  return (event) => {
    try {
      makeFolder(jobPaths(folder).journal);
      appendFileSync(path, `${JSON.stringify(event)}\n`);
    } catch (error) {
      throw unwritable(path, error as NodeJS.ErrnoException);
    }
  };
}

export interface JournalReader {
  readonly journal: Journal;
  /** Reads what was added since. */
  update(): void;
}

export function createJournalReader(folder: string): JournalReader {
  const journal = new Map<string, TaskHistory>();
  const offsets = new Map<string, number>();
  const update = (): void => {
    for (const name of filesOf(jobPaths(folder).journal)) {
      const path = join(jobPaths(folder).journal, name);
      const { lines, end } = linesFrom(path, offsets.get(name) ?? 0);
      offsets.set(name, end);
      for (const line of lines) addEvent(journal, line);
    }
  };
  update();
  return { journal, update };
}

export const readJournal = (folder: string): Journal => createJournalReader(folder).journal;

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .sort();
  } catch {
    return [];
  }
}

/** Whole lines from a place in a file on, and where the next one begins. */
function linesFrom(path: string, offset: number): { lines: string[]; end: number } {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
    const n = readSync(file, bytes, 0, bytes.length, offset);
    const end = bytes.subarray(0, n).lastIndexOf(0x0a) + 1;
    return { lines: bytes.toString('utf8', 0, end).split('\n'), end: offset + end };
  } finally {
    closeSync(file);
  }
}

function addEvent(journal: Map<string, TaskHistory>, line: string): void {
  const event = parseEvent(line);
  if (!event) return;
  const { id } = event;
  const before = historyOf(journal, event);
  const nEnds = before.nEnds + 1;
  if (event.event === 'started') journal.set(id, { ...before, nStarts: before.nStarts + 1 });
  if (event.event === 'done')
    journal.set(id, { ...before, nEnds, done: { seconds: event.seconds, output: event.output } });
  if (event.event === 'failed')
    journal.set(id, { ...before, nEnds, failed: { code: event.code, reason: event.reason } });
}

/** `undefined` for what a failing disk made of a line. */
function parseEvent(line: string): JournalEvent | undefined {
  try {
    return JSON.parse(line) as JournalEvent;
  } catch {
    return undefined;
  }
}
