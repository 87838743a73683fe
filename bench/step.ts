/**
 * One training step of the reference work (U-Net 16…256, Laplace loss, Adam, batch 4 of 256²): ours, with the chosen
 * and with standard operators, and PyTorch beside it; each with glibc's allocator as it comes and tuned.
 */
import { type BenchOptions, type BenchRecord, median, round } from './benchmark.ts';
import { convolutionFlop, SIZE } from './reference-work.ts';
import { nodeChild, type Rival, race, TUNED_MALLOC, torchChild, torchVersion } from './rivals.ts';

const STEPS = 8;

interface Run {
  readonly msPerStep: number;
  readonly bestMs: number;
  readonly cpuMsPerStep: number;
  readonly peakMb: number;
  /** Ours only. */
  readonly createdMs?: number;
  readonly lowering?: string;
  readonly sgemmGflops?: number;
}

export async function run({ threads, rounds, torch }: BenchOptions): Promise<BenchRecord> {
  const version = torch ? torchVersion() : null;
  const rivals: Rival[] = [
    { name: 'rhomap', command: nodeChild('step-child.ts', threads, STEPS, 'auto') },
    {
      name: 'rhomap, malloc tuned',
      command: nodeChild('step-child.ts', threads, STEPS, 'auto'),
      environment: TUNED_MALLOC,
    },
    { name: 'rhomap, standard operators', command: nodeChild('step-child.ts', threads, STEPS, 'standard') },
    ...(version === null ? [] : torchRivals(threads)),
  ];
  const results = race<Run>(rivals, rounds);
  const ours = results.get('rhomap')!;
  const msPerStep = median(ours.map((r) => r.msPerStep));
  const sgemm = median(ours.map((r) => r.sgemmGflops!));
  const gflop = (convolutionFlop(SIZE.h, SIZE.w).train * SIZE.n) / 1e9;
  const gflops = gflop / (msPerStep / 1e3);
  return {
    msPerStep: round(msPerStep),
    msPerSlice: round(msPerStep / SIZE.n),
    bestMsPerStep: round(Math.min(...ours.map((r) => r.bestMs))),
    threads,
    lowering: ours[0]!.lowering,
    gflopPerStep: round(gflop),
    gflops: round(gflops),
    sgemmGflops: round(sgemm),
    percentOfSgemm: round((100 * gflops) / sgemm),
    peakMb: Math.round(median(ours.map((r) => r.peakMb))),
    createdMs: Math.round(median(ours.map((r) => r.createdMs!))),
    pytorch: version,
    rivals: [...results].map(([rival, runs]) => summary(rival, runs, msPerStep)),
  };
}

const torchRivals = (threads: number): Rival[] => [
  { name: 'PyTorch', command: torchChild('step', threads, STEPS) },
  { name: 'PyTorch, malloc tuned', command: torchChild('step', threads, STEPS), environment: TUNED_MALLOC },
];

function summary(rival: string, runs: readonly Run[], msPerStep: number): Record<string, unknown> {
  const ms = median(runs.map((r) => r.msPerStep));
  return {
    rival,
    msPerStep: round(ms),
    bestMs: round(Math.min(...runs.map((r) => r.bestMs))),
    cpuMs: round(median(runs.map((r) => r.cpuMsPerStep))),
    peakMb: Math.round(median(runs.map((r) => r.peakMb))),
    timesOurs: round(ms / msPerStep, 2),
  };
}
