import { describe, expect, it } from 'vitest';
import { trainingRuns } from './training-runs.ts';

const ran = { endedAt: '2026-03-02T23:00:00.000Z', processor: 'Xeon', nCores: 2, system: 'linux, Node 24' };

describe('when and on what networks were trained', () => {
  it('says nothing where no training recorded it', () => {
    expect(trainingRuns([{}, {}])).toEqual([]);
  });

  it('says it once where it was the same for all', () => {
    expect(trainingRuns([{ ran }, { ran }])).toEqual([
      ['Trained', '2026-03-02'],
      ['Trained on', 'Xeon, 2 cores, linux, Node 24'],
      ['Commit', 'not recorded'],
    ]);
  });

  it('counts the trainings where it was not', () => {
    const other = { ...ran, endedAt: '2026-03-01T00:00:00.000Z', processor: 'Ryzen', commit: 'abc' };
    expect(trainingRuns([{ ran }, { ran: other }, { ran: other }, {}])).toEqual([
      ['Trained', '2026-03-01 to 2026-03-02'],
      [
        'Trained on',
        'Xeon, 2 cores, linux, Node 24 (1 training), Ryzen, 2 cores, linux, Node 24 (2 trainings) and not recorded (1 training)',
      ],
      ['Commit', 'abc (2 trainings) and not recorded (2 trainings)'],
    ]);
  });
});
