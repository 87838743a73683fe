import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface RunningProgram {
  readonly child: ChildProcess;
  /** Exit code; `null` where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Standard error so far. */
  said(): string;
}

/** The command line in a process of its own, which does not outlive the test. */
export function start(argv: readonly string[]): RunningProgram {
  const main = join(import.meta.dirname, '../../src/cli/main.ts');
  const child = spawn(process.execPath, [main, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (bytes) => (said += bytes));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { child, ended, said: () => said };
}
