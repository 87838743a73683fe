/** Gateways as processes of their own, in the network of a PACS. */
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Orthanc } from './orthanc.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');

export interface GatewayProcess {
  readonly action: 'run' | 'worker';
  readonly process: ChildProcess;
  /** Its log. */
  said: string;
}

/** Returns when it has started. @throws Error with what it said where it ends instead. */
export async function startGatewayProcess(
  pacs: Orthanc,
  config: string,
  environment: NodeJS.ProcessEnv,
  action: GatewayProcess['action'] = 'run',
): Promise<GatewayProcess> {
  const argv = [MAIN, 'gateway', action, '--config', config];
  const process = pacs.start(globalThis.process.execPath, argv, environment);
  const running: GatewayProcess = { action, process, said: '' };
  process.stderr!.on('data', (chunk) => (running.said += chunk));
  while (!running.said.includes('"started"')) {
    if (process.exitCode !== null) throw new Error(running.said);
    await sleep(100);
  }
  return running;
}

export async function endGatewayProcess({ process }: GatewayProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise<void>((done) => process.once('exit', () => done()));
  process.kill(signal);
  await gone;
}
