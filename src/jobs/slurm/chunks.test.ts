import { expect, it } from 'vitest';
import { chunksOf, type EndedChunk, lookAfter } from './chunks.ts';
import type { QueuedChunk } from './client.ts';

const array = { name: 'a', memoryMb: 100, chunks: [[], [], []] };
const entry = (chunk: number, state: string, signal: number = 0): QueuedChunk => ({
  ...{ array: 'a', chunk, state, signal },
});
const short = ({ chunk, isCancelled, isOfMemory }: EndedChunk): unknown[] => [
  ...[chunk.number, isCancelled, isOfMemory],
];

it('takes a chunk for ended when two looks in a row do not show it at work', () => {
  const chunks = chunksOf(array);
  const queue = [entry(0, 'PENDING'), entry(1, 'RUNNING')];
  expect(lookAfter(chunks, queue)).toEqual([]);
  expect(lookAfter(chunks, queue).map(short)).toEqual([[2, false, false]]);
  // One that was requeued is at work again.
  expect(lookAfter(chunks.slice(0, 2), [entry(0, 'NODE_FAIL'), entry(1, 'COMPLETING')])).toEqual([]);
  expect(lookAfter(chunks.slice(0, 2), [entry(0, 'PENDING'), entry(1, 'COMPLETING')])).toEqual([]);
});

it('tells of what it ended', () => {
  const twice = (queue: readonly QueuedChunk[]): unknown[] => {
    const chunks = chunksOf(array);
    lookAfter(chunks, queue);
    return lookAfter(chunks, queue).map(short);
  };
  expect(twice([entry(0, 'FAILED', 9), entry(1, 'OUT_OF_MEMORY'), entry(2, 'TIMEOUT', 15)])).toEqual([
    [0, false, true],
    [1, false, true],
    [2, false, false],
  ]);
  // Those that never began are one entry, with a range for a number.
  expect(twice([entry(0, 'COMPLETED'), entry(Number.NaN, 'CANCELLED')])).toEqual([
    [0, false, false],
    [1, true, false],
    [2, true, false],
  ]);
});
