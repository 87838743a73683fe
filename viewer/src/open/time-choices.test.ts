import { expect, it } from 'vitest';
import type { FoundSeries } from '../work/protocol.ts';
import { parseTimes, timeChoices } from './time-choices.ts';

const series = (facts: Partial<FoundSeries>): FoundSeries =>
  ({ nImages: 4, offeredTslMs: {}, ...facts }) as FoundSeries;

it('offers what the files say first, then common times of the same number', () => {
  const choices = timeChoices(series({ offeredTslMs: { 'echo-time': [12.8, 25.6, 38.4, 51.2] } }));
  expect(choices.map(({ tslMs }) => tslMs)).toEqual([
    [12.8, 25.6, 38.4, 51.2],
    [0, 10, 30, 50],
  ]);
  expect(timeChoices(series({ nImages: 5 }))).toEqual([]);
});

it('reads times however they are separated, and refuses words', () => {
  expect(parseTimes(' 0, 10;30 50 ')).toEqual([0, 10, 30, 50]);
  expect(parseTimes('0, ten')).toBeUndefined();
  expect(parseTimes(' ')).toBeUndefined();
});
