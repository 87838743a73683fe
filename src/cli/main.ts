#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { RhomapError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { unwritable } from '../runtime/node/unwritable.ts';
import type { CommandDefinition, CommandGroup, CommonFlags } from './command.ts';
import { bidsCommand } from './commands/bids.ts';
import { bidsAppCommand } from './commands/bids-app.ts';
import { calibrateCommand } from './commands/calibrate.ts';
import { changeCommand } from './commands/change.ts';
import { citeCommand } from './commands/cite.ts';
import { deidentifyCommand } from './commands/deidentify.ts';
import { doctorCommand } from './commands/doctor.ts';
import { experimentCommand } from './commands/experiment.ts';
import { fitCommand } from './commands/fit.ts';
import { inspectCommand } from './commands/inspect.ts';
import { mapCommand } from './commands/map.ts';
import { modelsCommand } from './commands/models.ts';
import { reportCommand } from './commands/report.ts';
import { roiCommand } from './commands/roi.ts';
import { simulateCommand } from './commands/simulate.ts';
import { trainCommand } from './commands/train.ts';
import { viewCommand } from './commands/view.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { createTerminal, type TerminalStreams } from './terminal.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly (CommandDefinition | CommandGroup)[] = [
  inspectCommand,
  fitCommand,
  mapCommand,
  roiCommand,
  changeCommand,
  viewCommand,
  bidsCommand,
  bidsAppCommand,
  deidentifyCommand,
  simulateCommand,
  trainCommand,
  experimentCommand,
  calibrateCommand,
  modelsCommand,
  reportCommand,
  doctorCommand,
  citeCommand,
];

/**
 * Runs one command line and returns its exit code (`exit-code.ts`). Never throws: what goes wrong becomes one
 * sentence on stderr, and under `--json` an `error` object on stdout.
 */
export async function main(argv: readonly string[], streams: TerminalStreams): Promise<number> {
  const program = createProgram(streams);
  const common: CommonFlags = {
    json: argv.includes('--json'),
    quiet: argv.includes('--quiet'),
    debug: argv.includes('--debug'),
  };
  const terminal = createTerminal(common, streams);
  const add = (parent: Command, definition: CommandDefinition | CommandGroup): void => {
    const declared = configure(definition.declare(), streams);
    if ('parts' in definition) for (const part of definition.parts) add(declared, part);
    else declared.action(async () => definition.run(declared.args, declared.opts(), { terminal }));
    parent.addCommand(declared);
  };
  for (const definition of COMMANDS) add(program, definition);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      report(error, common, streams);
      return exitCodeOf(error);
    }
    if (error.exitCode === 0) return EXIT.done;
    if (common.json) printJsonError(error.code, error.message.replace(/^error: /, ''), streams);
    return EXIT.usage;
  }
}

function createProgram(streams: TerminalStreams): Command {
  const program = configure(new Command('rhomap'), streams)
    .description(
      'Liver T1rho maps from spin-lock MRI that say how far they can be trusted. For research use only.',
    )
    .version(VERSION, '-V, --version')
    .showHelpAfterError('(rhomap --help lists the commands)');
  return program.helpCommand('help [command]', 'show help for a command');
}

/** Width of the help where nobody says how wide the terminal is. */
const DEFAULT_COLUMNS = 80;

const configure = (declared: Command, streams: TerminalStreams): Command =>
  declared.exitOverride().configureOutput({
    getOutHelpWidth: () => streams.out.columns ?? DEFAULT_COLUMNS,
    writeOut: (text) => streams.out.write(text),
    writeErr: (text) => streams.error.write(text),
    outputError: (text, write) => write(text.replace(/^error: /, 'rhomap: ')),
  });

function report(error: unknown, common: CommonFlags, streams: TerminalStreams): void {
  const known = error instanceof RhomapError;
  const message = error instanceof Error ? error.message : String(error);
  const text = known ? message : `internal error, please report it: ${message}`;
  streams.error.write(`rhomap: ${text}\n`);
  if (common.debug && error instanceof Error) streams.error.write(`${error.stack}\n`);
  if (common.json) printJsonError(known ? error.code : 'internal', message, streams);
}

function printJsonError(code: string, message: string, { out }: TerminalStreams): void {
  out.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
}

/** True where this file is the program, also when reached through npm's link in `node_modules/.bin`. */
const isProgram = (): boolean =>
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename;

/** A reader that has seen enough (`rhomap inspect | head`) is no error; a full disk behind `> file` is. */
const endWithReader = (error: NodeJS.ErrnoException): void => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`rhomap: ${unwritable('standard output', error).message}\n`);
  process.exit(EXIT.data);
};

if (isProgram()) {
  process.stdout.on('error', endWithReader);
  process.exitCode = await main(process.argv.slice(2), { out: process.stdout, error: process.stderr });
}
