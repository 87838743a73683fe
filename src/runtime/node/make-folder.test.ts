import { spawnSync } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/cli.ts';
import { makeFolder } from './make-folder.ts';

describe('makeFolder', () => {
  it('makes what is missing, and says which folder is the highest of them', () => {
    const folder = temporaryFolder();
    expect(makeFolder(join(folder, 'a/b/c'), 0o700)).toBe(join(folder, 'a'));
    expect(statSync(join(folder, 'a/b/c')).mode & 0o777).toBe(0o700);
    expect(makeFolder(join(folder, 'a/b/c'))).toBeUndefined();
    expect(makeFolder(join(folder, 'a/b/d'))).toBe(join(folder, 'a/b/d'));
    expect(makeFolder('/')).toBeUndefined();
  });

  it('leaves a file alone', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(file)).toThrow(/EEXIST/);
    expect(() => makeFolder(join(file, 'a/b'))).toThrow(/ENOTDIR/);
  });

  // In a process of its own: what never returns could not fail here.
  it.skipIf(!existsSync('/proc/self'))('comes to an end where the system makes no folders', () => {
    const code = `import('${join(import.meta.dirname, 'make-folder.ts')}').then(({ makeFolder }) => makeFolder('/proc/a/b'))`;
    const { signal, stderr } = spawnSync(process.execPath, ['-e', code], {
      timeout: 20_000,
      encoding: 'utf8',
    });
    expect(signal).toBeNull();
    expect(stderr).toMatch(/ENOENT/);
  });
});
