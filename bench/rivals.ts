/**
 * Runs rivals as child processes, one after the other and round after round, so that each has its own memory peak and
 * allocator settings, and a busy machine slows all of them alike.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** glibc keeps freed memory instead of giving it back and faulting it in again at every step. */
export const TUNED_MALLOC: Readonly<Record<string, string>> = {
  MALLOC_MMAP_THRESHOLD_: '1073741824',
  MALLOC_TRIM_THRESHOLD_: '4294967295',
  MALLOC_TOP_PAD_: '268435456',
};

export const PYTHON = '/usr/bin/python3';

export interface Rival {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A child's script in this folder, run by this Node. */
export const nodeChild = (file: string, ...args: readonly (string | number)[]): string[] => [
  process.execPath,
  join(import.meta.dirname, file),
  ...args.map(String),
];

export const torchChild = (...args: readonly (string | number)[]): string[] => [
  PYTHON,
  join(import.meta.dirname, 'pytorch.py'),
  ...args.map(String),
];

/** The version of PyTorch that {@link PYTHON} has, or null. */
export function torchVersion(): string | null {
  const { status, stdout } = spawnSync(PYTHON, ['-c', 'import torch; print(torch.__version__)'], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : null;
}

/** Every rival's last line of output, a JSON object, once per round. Progress goes to standard error. */
export function race<Result>(rivals: readonly Rival[], rounds: number): Map<string, Result[]> {
  const results = new Map<string, Result[]>(rivals.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const { name, command, environment = {} } of rivals) {
      const [program = '', ...args] = command;
      const { status, stdout, stderr } = spawnSync(program, args, {
        encoding: 'utf8',
        env: { ...process.env, ...environment },
      });
      if (status !== 0) throw new Error(`${name} failed:\n${stderr}`);
      const line = stdout.trim().split('\n').at(-1)!;
      process.stderr.write(`round ${round} of ${rounds}: ${name} ${line}\n`);
      results.get(name)!.push(JSON.parse(line) as Result);
    }
  }
  return results;
}
