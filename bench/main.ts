/**
 * `npm run -s bench -- NAME [--json] [--save] [--threads N] [--rounds N] [--no-torch]`
 *
 * Runs `bench/NAME.ts` and prints what it measured: a table, or with `--json` one object on standard output. `--save`
 * stores the same object in `bench/results/NAME-MACHINE.json`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark, BenchRecord } from './benchmark.ts';
import { machine, machineName } from './machine.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    rounds: { type: 'string', default: '3' },
    'no-torch': { type: 'boolean', default: false },
  },
});

const name = positionals[0] ?? '';
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts'))
  .filter((file) =>
    /^export (async )?function run\(/m.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
  )
  .map((file) => file.slice(0, -'.ts'.length));
if (!names.includes(name)) {
  console.error(`No benchmark "${name}"; there are ${names.join(', ')}.`);
  process.exit(2);
}

const benchmark = (await import(`./${name}.ts`)) as Benchmark;
const measured = await benchmark.run({
  threads: positive('threads', values.threads),
  rounds: positive('rounds', values.rounds),
  torch: !values['no-torch'],
});
const record: BenchRecord = { benchmark: name, ...measured, ...machine() };
if (values.json) console.log(JSON.stringify(record));
else print(record);
if (values.save) save(record);

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${option} takes a whole number above 0, not "${text}".`);
  process.exit(2);
}

function print(result: BenchRecord): void {
  for (const [key, value] of Object.entries(result)) {
    if (Array.isArray(value)) console.table(value);
    else console.log(`${key.padEnd(24)} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  }
}

function save(result: BenchRecord): void {
  const folder = join(import.meta.dirname, 'results');
  if (!existsSync(folder)) mkdirSync(folder);
  writeFileSync(join(folder, `${name}-${machineName()}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
