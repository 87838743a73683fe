#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { RhomapError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { unwritable } from '../runtime/node/unwritable.ts';
import type { CommandDefinition, CommandGroup, CommonFlags } from './command.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { createTerminal, type TerminalStreams } from './terminal.ts';

/** Every command, in the order of the help; loaded when it is named, because most of the code is that of the others. */
export const COMMANDS: Readonly<Record<string, () => Promise<CommandDefinition | CommandGroup>>> = {
  inspect: async () => (await import('./commands/inspect.ts')).inspectCommand,
  fit: async () => (await import('./commands/fit.ts')).fitCommand,
  map: async () => (await import('./commands/map.ts')).mapCommand,
  roi: async () => (await import('./commands/roi.ts')).roiCommand,
  change: async () => (await import('./commands/change.ts')).changeCommand,
  view: async () => (await import('./commands/view.ts')).viewCommand,
  bids: async () => (await import('./commands/bids.ts')).bidsCommand,
  'bids-app': async () => (await import('./commands/bids-app.ts')).bidsAppCommand,
  cohort: async () => (await import('./commands/cohort.ts')).cohortCommand,
  jobs: async () => (await import('./commands/jobs.ts')).jobsCommand,
  deidentify: async () => (await import('./commands/deidentify.ts')).deidentifyCommand,
  pacs: async () => (await import('./commands/pacs.ts')).pacsCommand,
  gateway: async () => (await import('./commands/gateway.ts')).gatewayCommand,
  simulate: async () => (await import('./commands/simulate.ts')).simulateCommand,
  train: async () => (await import('./commands/train.ts')).trainCommand,
  experiment: async () => (await import('./commands/experiment.ts')).experimentCommand,
  calibrate: async () => (await import('./commands/calibrate.ts')).calibrateCommand,
  models: async () => (await import('./commands/models.ts')).modelsCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  cite: async () => (await import('./commands/cite.ts')).citeCommand,
};

/** The command that is named first; all of them for the help, and to say which ones there are. */
function commandsFor([first = '']: readonly string[]): Promise<(CommandDefinition | CommandGroup)[]> {
  const named = Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
  return Promise.all(named.map((name) => COMMANDS[name]!()));
}

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
  for (const definition of await commandsFor(argv)) add(program, definition);
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
