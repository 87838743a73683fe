/** What README and tutorial tell a newcomer to type works, and gives what they say it gives. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { temporaryFolder } from './support/cli.ts';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const tutorial = readFileSync(join(root, 'docs/tutorial/first-map.md'), 'utf8');

const run = (program: string, ...argv: string[]): string =>
  execFileSync(program, argv, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

it('the example in README prints what its last line says', () => {
  const code = readme.match(/```ts\n(.*?)```/s)![1]!;
  const said = run(
    process.execPath,
    '--conditions=rhomap-source',
    '--input-type=module-typescript',
    '--eval',
    code,
  );
  expect(said.trim()).toBe(code.match(/\/\/ (.*)\n$/)![1]);
});

it('npm has the scripts that README names', () => {
  for (const [, name] of readme.matchAll(/npm (?:run )?(?:-s )?(demo|test|rhomap)\b/g))
    expect(Object.keys(packageJson.scripts)).toContain(name);
});

describe('the tutorial', () => {
  const steps = [...tutorial.matchAll(/```sh\n(.*?)\n```(?:\n\n```text\n(.*?)```)?/gs)]
    .map(([, command, output]) => ({ command: command!, output }))
    .filter(({ command }) => command !== 'npm ci');

  it('runs from its first to its last command', () => {
    const folder = temporaryFolder();
    expect(steps.length).toBeGreaterThan(6);
    for (const { command, output } of steps) {
      const said = run('bash', '-c', command.replaceAll('out/', `${folder}/`));
      if (output !== undefined) expect(said, command).toBe(output);
    }
  }, 300_000);
});
