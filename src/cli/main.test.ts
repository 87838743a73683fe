import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { VERSION } from '../core/version.ts';
import { COMMANDS, main } from './main.ts';

/** Runs a command line and returns what it said. */
async function run(...argv: string[]): Promise<{ code: number; out: string; error: string }> {
  const said = { out: '', error: '' };
  const code = await main(argv, {
    out: { write: (text) => (said.out += text) },
    error: { write: (text) => (said.error += text) },
  });
  return { code, ...said };
}

describe('rhomap', () => {
  it('knows its version', async () => {
    expect(VERSION).toBe(packageJson.version);
    expect(await run('--version')).toEqual({ code: 0, out: `${VERSION}\n`, error: '' });
  });

  it('answers a wrong call with exit code 2 and a pointer to the help', async () => {
    for (const argv of [['nonsense'], ['cite', '--nonsense']]) {
      const { code, out, error } = await run(...argv);
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(error).toMatch(/unknown.*--help/s);
    }
  });

  it('lists every command in its help, and loads each by its name', async () => {
    const { out } = await run('--help');
    for (const name of Object.keys(COMMANDS)) {
      expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
      expect((await run(name, '--help')).out).toContain(`Usage: rhomap ${name} `);
    }
  });

  it('prints one JSON object under --json', async () => {
    const { code, out } = await run('cite', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out).citations.length).toBeGreaterThan(2);
  });
});
