import { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** Flags that every command understands. */
export interface CommonFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
}

/** What the program gives a command besides its own arguments. */
export interface CommandContext {
  readonly terminal: Terminal;
}

/** Declares a command and what it does; `main.ts` lists them all. */
export interface CommandDefinition {
  readonly declare: () => Command;
  readonly run: (
    args: readonly string[],
    flags: Readonly<Record<string, unknown>>,
    context: CommandContext,
  ) => Promise<void>;
}

/** A command that is nothing but a name for others: `rhomap cohort map`. */
export interface CommandGroup {
  readonly declare: () => Command;
  readonly parts: readonly CommandDefinition[];
}

/**
 * A new command with the common flags and an examples section under its help.
 * @param name with that of its group, if it has one: `cohort map`.
 */
export function command(name: string, description: string, examples: readonly string[]): Command {
  return new Command(name.split(' ').at(-1))
    .description(description)
    .option('--json', 'print one machine-readable object on stdout')
    .option('--quiet', 'print results and warnings only')
    .option('--debug', 'print stack traces')
    .showHelpAfterError(`(rhomap ${name} --help shows examples)`)
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
}

/** Adds `-o DIR` and `--force`, for commands that write a folder. */
export const addOutputFlags = (declared: Command): Command =>
  declared
    .requiredOption('-o, --output <dir>', 'folder for the results; appears whole or not at all')
    .option('--force', 'replace an existing output folder');
