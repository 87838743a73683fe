/** Inference of the reference network on one 256² slice at a time: our exported model, and PyTorch beside it. */
import { type BenchOptions, type BenchRecord, median, round } from './benchmark.ts';
import { convolutionFlop, SIZE } from './reference-work.ts';
import { nodeChild, type Rival, race, TUNED_MALLOC, torchChild, torchVersion } from './rivals.ts';

const REPEATS = 40;

interface Run {
  readonly msPerSlice: number;
  readonly bestMs: number;
  readonly peakMb: number;
  /** Ours only. */
  readonly createdMs?: number;
  readonly modelMb?: number;
  readonly sgemmGflops?: number;
}

export async function run({ threads, rounds, torch }: BenchOptions): Promise<BenchRecord> {
  const version = torch ? torchVersion() : null;
  const command = nodeChild('infer-child.ts', threads, REPEATS);
  const torchCommand = torchChild('infer', threads, REPEATS);
  const rivals: Rival[] = [
    { name: 'rhomap', command },
    { name: 'rhomap, malloc tuned', command, environment: TUNED_MALLOC },
    ...(version === null
      ? []
      : [
          { name: 'PyTorch', command: torchCommand },
          { name: 'PyTorch, malloc tuned', command: torchCommand, environment: TUNED_MALLOC },
        ]),
  ];
  const results = race<Run>(rivals, rounds);
  const ours = results.get('rhomap')!;
  const msPerSlice = median(ours.map((r) => r.msPerSlice));
  const sgemm = median(ours.map((r) => r.sgemmGflops!));
  const gflops = convolutionFlop(SIZE.h, SIZE.w).infer / 1e6 / msPerSlice;
  return {
    msPerSlice: round(msPerSlice),
    bestMsPerSlice: round(Math.min(...ours.map((r) => r.bestMs))),
    threads,
    gflops: round(gflops),
    sgemmGflops: round(sgemm),
    percentOfSgemm: round((100 * gflops) / sgemm),
    peakMb: Math.round(median(ours.map((r) => r.peakMb))),
    createdMs: Math.round(median(ours.map((r) => r.createdMs!))),
    modelMb: round(ours[0]!.modelMb!, 2),
    pytorch: version,
    rivals: [...results].map(([rival, runs]) => {
      const ms = median(runs.map((r) => r.msPerSlice));
      return {
        rival,
        msPerSlice: round(ms),
        bestMs: round(Math.min(...runs.map((r) => r.bestMs))),
        peakMb: Math.round(median(runs.map((r) => r.peakMb))),
        timesOurs: round(ms / msPerSlice, 2),
      };
    }),
  };
}
