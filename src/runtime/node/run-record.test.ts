import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commitOf, createRunRecorder, describeMachine } from './run-record.ts';

describe('the record of a run', () => {
  const root = mkdtempSync(join(tmpdir(), 'rhomap-run-'));
  afterAll(() => rmSync(root, { recursive: true }));

  it('names time, processor, cores and system', () => {
    const before = Date.now();
    const { endedAt, processor, nCores, system } = createRunRecorder()();
    expect(Date.parse(endedAt)).toBeGreaterThanOrEqual(before);
    expect(processor).toMatch(/\S/);
    expect(nCores).toBeGreaterThan(0);
    expect(system).toContain(process.versions.node);
    expect(describeMachine()).toContain(`${processor}, ${nCores} cores`);
  });

  it('names the commit of a checkout, and whether its sources were changed; nothing elsewhere', () => {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    git('init');
    // A checkout without a commit has no name yet.
    expect(commitOf(root)).toBeUndefined();
    mkdirSync(join(root, 'src'));
    writeFileSync(join(root, 'src/a.ts'), '1');
    git('add', '.');
    git('commit', '-m', 'first');
    const commit = git('rev-parse', 'HEAD');
    expect(commitOf(root)).toBe(commit);
    writeFileSync(join(root, 'result.json'), '{}');
    expect(commitOf(root)).toBe(commit);
    writeFileSync(join(root, 'src/a.ts'), '2');
    expect(commitOf(root)).toBe(`${commit}-dirty`);
    // A package installed inside the checkout.
    expect(commitOf(join(root, 'src'))).toBeUndefined();
  });
});
