/** The recipe for training names commands and flags that exist, and messages that are said. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rhomap } from './support/cli.ts';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/how-to/train.md'), 'utf8');
const commands = [...page.matchAll(/^ {4}rhomap (\S+)(.*)$/gm)].map(([, name, rest]) => ({
  name: name!,
  flags: [...rest!.matchAll(/ (--?[a-z][a-z-]*)/g)].map(([, flag]) => flag!),
}));

it('every command and flag of its lines exists', async () => {
  expect(commands.length).toBeGreaterThan(7);
  for (const { name, flags } of commands) {
    const { out } = await rhomap(name, '--help');
    for (const flag of flags) expect(out, `${name} ${flag}`).toMatch(new RegExp(`(^|\\s)${flag}[ ,]`, 'm'));
  }
});

it('every flag in its sentences is one of rhomap experiment', async () => {
  const { out } = await rhomap('experiment', '--help');
  const said = [...page.replace(/^ {4}.*$/gm, '').matchAll(/`(--[a-z-]+)/g)].map(([, flag]) => flag!);
  expect(said.length).toBeGreaterThan(5);
  expect(said.filter((flag) => !out.includes(`${flag} `))).toEqual([]);
});

it('every refusal that it explains is said by the code', () => {
  const sources = globSync('src/**/*.ts', { cwd: root }).map((path) =>
    readFileSync(join(root, path), 'utf8'),
  );
  const rows = page.slice(page.indexOf('## When it refuses')).matchAll(/^\| `([^`]+)`/gm);
  const parts = [...rows].flatMap(([, words]) => words!.split(/…|: |; /).map((part) => part.trim()));
  const missing = parts.filter(
    (part) => part.length > 3 && !sources.some((text) => text.toLowerCase().includes(part.toLowerCase())),
  );
  expect(parts.length).toBeGreaterThan(6);
  expect(missing).toEqual([]);
});
