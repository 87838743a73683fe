/**
 * A Slurm cluster of one node to test against: munge, slurmctld and slurmd of Debian, in a temporary folder, on free ports
 * of the loopback, with nothing of the system's own configuration.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface Slurm {
  /** Of programs that use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Standard output of one of Slurm's commands. */
  ask(program: string, ...args: string[]): Promise<string>;
  /** Ends the controller and starts it again from what it kept. */
  restartController(): Promise<void>;
  stop(): Promise<void>;
}

const MAX_START_MS = 60_000;

/** @throws Error where a package is missing or a daemon does not start. */
export async function startSlurm(): Promise<Slurm> {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-slurm-'));
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'munge.key'), randomBytes(128), { mode: 0o600 });
  writeFileSync(join(folder, 'slurm.conf'), configuration(folder, await freePort(), await freePort()));
  const environment = {
    SLURM_CONF: join(folder, 'slurm.conf'),
    PATH: `${process.env['PATH']}:/usr/sbin`,
  };
  const daemons = new Map<string, ChildProcess>();
  const start = (program: string, ...args: string[]): void => {
    const daemon = spawn(program, args, { env: { ...process.env, ...environment }, stdio: 'ignore' });
    daemon.on('error', () => {});
    daemons.set(program, daemon);
  };
  const end = (program: string): Promise<void> => ended(daemons.get(program)!, 'SIGTERM');
  const ask: Slurm['ask'] = async (program, ...args) =>
    (await promisify(execFile)(program, args, { env: { ...process.env, ...environment } })).stdout;
  const stop = async (): Promise<void> => {
    await ask('scancel', `--user=${userInfo().username}`).catch(() => {});
    await sleep(500);
    await Promise.all([...daemons.keys()].reverse().map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  const untilIdle = async (): Promise<void> => {
    for (const startedAt = Date.now(); Date.now() - startedAt < MAX_START_MS; await sleep(300))
      if (/idle|mix|alloc/.test(await ask('sinfo', '--noheader', '--format=%T').catch(() => ''))) return;
    const said = ['slurmctld.log', 'slurmd.log'].map((name) => lastLines(join(folder, name)));
    await stop();
    throw new Error(
      `Slurm does not start (packages slurmctld, slurmd, slurm-client, munge): ${said.join(' ')}`,
    );
  };
  start('munged', '--foreground', '--force', '--num-threads=1', ...mungeFiles(folder));
  await sleep(500);
  start('slurmctld', '-D', '-i');
  start('slurmd', '-D', '-N', 'localhost');
  await untilIdle();
  return {
    ...{ environment, ask, stop },
    restartController: async () => {
      await end('slurmctld');
      start('slurmctld', '-D');
      await untilIdle();
    },
  };
}

const mungeFiles = (folder: string): string[] => [
  `--socket=${join(folder, 'munge.socket')}`,
  `--key-file=${join(folder, 'munge.key')}`,
  `--pid-file=${join(folder, 'munged.pid')}`,
  `--seed-file=${join(folder, 'munged.seed')}`,
  `--log-file=${join(folder, 'munged.log')}`,
];

function configuration(folder: string, controllerPort: number, nodePort: number): string {
  const user = userInfo().username;
  return [
    'ClusterName=tests',
    'SlurmctldHost=localhost(127.0.0.1)',
    'AuthType=auth/munge',
    `AuthInfo=socket=${folder}/munge.socket`,
    'CommunicationParameters=NoCtldInAddrAny,NoInAddrAny',
    'MpiDefault=none',
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'JobAcctGatherType=jobacct_gather/linux',
    'JobAcctGatherFrequency=task=1',
    'JobAcctGatherParams=OverMemoryKill',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core_Memory',
    'SchedulerType=sched/backfill',
    'SchedulerParameters=batch_sched_delay=1,sched_interval=1',
    'JobCompType=jobcomp/none',
    'MinJobAge=3600',
    'ReturnToService=2',
    `SlurmUser=${user}`,
    `SlurmdUser=${user}`,
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/slurmd.pid`,
    `SlurmctldLogFile=${folder}/slurmctld.log`,
    `SlurmdLogFile=${folder}/slurmd.log`,
    `SlurmctldPort=${controllerPort}`,
    `SlurmdPort=${nodePort}`,
    // As said, whatever the machine has.
    'SlurmdParameters=config_overrides',
    'NodeName=localhost NodeAddr=127.0.0.1 CPUs=2 RealMemory=8000 State=UNKNOWN',
    'PartitionName=main Nodes=localhost Default=YES MaxTime=1-0 State=UP OverSubscribe=NO',
    'AccountingStorageType=accounting_storage/none',
    '',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

async function ended(daemon: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (daemon.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
  const gone = new Promise((done) => daemon.once('exit', done));
  daemon.kill(signal);
  const killer = setTimeout(() => daemon.kill('SIGKILL'), 20_000);
  await gone;
  clearTimeout(killer);
}

function lastLines(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(-4).join(' ');
  } catch {
    return '';
  }
}
