/** Where the time of a training step of the reference work goes, by operator and by the costliest nodes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STANDARD } from '../src/graph/lowering/lower.ts';
import { probeBlock } from '../src/graph/lowering/probe.ts';
import { adam } from '../src/network/adam.ts';
import { laplaceLoss } from '../src/network/losses.ts';
import { nodeSessionProvider } from '../src/runtime/node/session.ts';
import { createTrainer } from '../src/training/trainer.ts';
import { type BenchOptions, type BenchRecord, round } from './benchmark.ts';
import { arbitrary, network, SIZE } from './reference-work.ts';

const COSTLIEST = 30;

/** The part of ONNX Runtime's trace that is used; `dur` is in microseconds. */
interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

export async function run({ threads, rounds }: BenchOptions): Promise<BenchRecord> {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-profile-'));
  try {
    const steps = 2 * rounds;
    await train(join(folder, 'trace'), threads, steps);
    const trace = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8')) as TraceEvent[];
    const nodes = trace.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
    // The first step also fills caches and memory.
    const later = nodes.slice(nodes.length / (steps + 1));
    return {
      msPerStep: round(later.reduce((sum, { dur }) => sum + dur, 0) / 1e3 / steps),
      threads,
      operators: table(later, steps, ({ args }) => args.op_name ?? ''),
      costliest: table(later, steps, signature).slice(0, COSTLIEST),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function train(profileFilePrefix: string, threads: number, steps: number): Promise<void> {
  const block = await probeBlock(nodeSessionProvider());
  const trainer = await createTrainer({
    provider: nodeSessionProvider({ runtimeOptions: { enableProfiling: true, profileFilePrefix } }),
    network,
    loss: laplaceLoss(),
    optimiser: adam(),
    seed: 1,
    threads,
    lowering: block === null ? STANDARD : { kind: 'blocked', block },
  });
  const pixels = SIZE.n * SIZE.h * SIZE.w;
  const batch = { image: arbitrary(pixels), maps: { target: arbitrary(pixels) }, size: SIZE };
  for (let i = 0; i <= steps; i++) await trainer.step(batch);
  await trainer.close();
}

const shapes = (values: TraceEvent['args']['input_type_shape'] = []): string =>
  values.map((value) => Object.values(value)[0]?.join('×') ?? '').join(', ');

const signature = ({ args }: TraceEvent): string =>
  `${args.op_name} (${shapes(args.input_type_shape)}) → ${shapes(args.output_type_shape)}`.slice(0, 110);

function table(
  events: readonly TraceEvent[],
  steps: number,
  keyOf: (event: TraceEvent) => string,
): Record<string, unknown>[] {
  const groups = Object.entries(Object.groupBy(events, keyOf)).map(([what, group]) => ({
    what,
    ms: round(group!.reduce((sum, { dur }) => sum + dur, 0) / 1e3 / steps, 2),
    times: group!.length / steps,
  }));
  return groups.toSorted((a, b) => b.ms - a.ms);
}
