import { Argument } from 'commander';
import { OptionError } from '../../core/errors.ts';
import { readConfig } from '../../pacs/gateway/config.ts';
import { type GatewayStatus, gatewayStatus, retryDead, startGateway } from '../../pacs/gateway/gateway.ts';
import { createLog } from '../../pacs/gateway/log.ts';
import { type CommandDefinition, command } from '../command.ts';
import { textTable } from '../table.ts';

interface GatewayFlags {
  readonly config: string;
  readonly quiet?: boolean;
}

export const gatewayCommand: CommandDefinition = {
  declare: () =>
    command('gateway', 'Maps T1rho series as they come from scanner or PACS, and sends the results on.', [
      'rhomap gateway --config gateway.json',
      'rhomap gateway status --config gateway.json',
      'rhomap gateway retry --config gateway.json',
    ])
      .addArgument(
        new Argument('[action]', 'run; worker: only map, beside others; status; retry what failed for good')
          .choices(['run', 'worker', 'status', 'retry'])
          .default('run'),
      )
      .requiredOption('--config <file>', 'JSON: who may send, rules, where results go (see the guide)'),
  run: async ([action], rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as GatewayFlags;
    const config = await readConfig(flags.config);
    const postgres = process.env['RHOMAP_QUEUE_URL'] || undefined;
    const log = createLog(flags.quiet || action === 'status' || action === 'retry' ? 'error' : 'info');
    if (action === 'status') {
      const status = await gatewayStatus({ config, log, postgres });
      terminal.result(statusText(status));
      terminal.json(status);
    } else if (action === 'retry') {
      const n = await retryDead({ config, log, postgres });
      terminal.result(`${n} job${n === 1 ? '' : 's'} to be tried again`);
      terminal.json({ retried: n });
    } else {
      const isWorker = action === 'worker';
      if (isWorker && !postgres)
        throw new OptionError(
          'gateway/no-postgres',
          'A worker shares the queue of others on PostgreSQL: give its connection string in RHOMAP_QUEUE_URL.',
        );
      const gateway = await startGateway({ config, log, postgres, isWorker });
      await new Promise<void>((stop) => process.once('SIGTERM', stop).once('SIGINT', stop));
      log.info({}, 'stopping');
      await gateway.stop();
      log.info({}, 'stopped');
    }
  },
};

function statusText({
  isRunning,
  jobs,
  dead,
  parked,
}: GatewayStatus & { readonly isRunning: boolean }): string {
  const counts = `${jobs.created + jobs.retry} waiting, ${jobs.active} in work, ${jobs.completed} done, ${jobs.failed} failed for good`;
  const lists = [
    ['job', 'rule', 'series', 'attempts', 'why'],
    ...dead.map(({ id, data, attempts, reason }) => [
      id,
      data.rule,
      data.group,
      String(attempts),
      reason.message,
    ]),
  ] as const;
  return [
    `${isRunning ? 'running' : 'not running'}: ${counts}; ${parked.length} parked`,
    ...(dead.length > 0 ? [textTable(lists[0], lists.slice(1))] : []),
    ...(parked.length > 0
      ? [
          textTable(
            ['parked', 'since', 'why'],
            parked.map(({ name, at, message }) => [name, at, message]),
          ),
        ]
      : []),
  ].join('\n\n');
}
