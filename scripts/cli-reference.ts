/**
 * Brings `docs/reference/cli.md` up to date with the program: everything below its marker is each command's `--help`.
 * `node scripts/cli-reference.ts` writes it; a test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS, main } from '../src/cli/main.ts';

const MARKER = '<!-- Below: made by `node scripts/cli-reference.ts`. -->';

export const CLI_REFERENCE: string = join(import.meta.dirname, '../docs/reference/cli.md');

/** The page as it should be, given the page as it is. */
export async function cliReference(page: string): Promise<string> {
  const sections = [MARKER];
  for (const words of (await Promise.all(Object.keys(COMMANDS).map(namesOf))).flat()) {
    let help = '';
    const out = { write: (text: string) => (help += text) };
    await main([...words, '--help'], { out, error: out });
    sections.push(`## rhomap ${words.join(' ')}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\``);
  }
  return `${page.slice(0, page.indexOf(MARKER))}${sections.join('\n\n')}\n`;
}

/** A command's words, or those of each part of a group. */
async function namesOf(name: string): Promise<string[][]> {
  const definition = await COMMANDS[name]!();
  return 'parts' in definition ? definition.parts.map((part) => [name, part.declare().name()]) : [[name]];
}

if (import.meta.main) writeFileSync(CLI_REFERENCE, await cliReference(readFileSync(CLI_REFERENCE, 'utf8')));
