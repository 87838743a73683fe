/** Plans the mapping of a folder in a process of its own, for `cohort.ts`: what it takes of time and, as a whole, of memory. */
import { join } from 'node:path';
import process from 'node:process';
import type { MapDefinition } from '../src/jobs/map/definition.ts';
import { planSubjects } from '../src/jobs/map/subjects.ts';
import { planJob } from '../src/jobs/plan.ts';
import { round } from './benchmark.ts';

const input = process.argv[2]!;
const definition: MapDefinition = {
  ...{ input, depth: 1, model: { name: '', sha256: '' }, formats: ['nifti'], report: false, previews: true },
};
const { todo } = await planJob(planSubjects(definition), new Map(), { outputOf: (id) => join(input, id) });
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
process.stdout.write(
  JSON.stringify({
    nTasks: todo.length,
    cpuSeconds: round((userCPUTime + systemCPUTime) / 1e6, 2),
    peakMegabytes: round(maxRSS / 1000, 0),
  }),
);
