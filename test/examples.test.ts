import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

describe('examples', () => {
  it.each(globSync('examples/*.ts', { cwd: root }).sort())('%s runs', (file) => {
    const said = execFileSync('node', ['--conditions=rhomap-source', file], { cwd: root, encoding: 'utf8' });
    expect(said).toMatch(/\d/);
    expect(said).not.toMatch(/NaN|undefined/);
  });
});
