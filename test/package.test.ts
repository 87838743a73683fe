import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { temporaryFolder } from './support/cli.ts';
import { writeSeries } from './support/series.ts';

const root = resolve(import.meta.dirname, '..');
const environment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', NO_UPDATE_NOTIFIER: '1' };

describe('the package', () => {
  it('installs into an empty folder from its tarball, and works there', () => {
    const folder = temporaryFolder();
    const run = (command: string, argv: string[], cwd: string): string =>
      execFileSync(command, argv, {
        cwd,
        encoding: 'utf8',
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    run('npm', ['pack', '--pack-destination', folder], root);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;

    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, tarball)], project);

    const bin = join(project, 'node_modules/.bin/rhomap');
    expect(run(bin, ['--version'], project).trim()).toBe(packageJson.version);
    expect(run(bin, ['doctor'], project)).not.toContain('MISSING');

    writeSeries(join(project, 'scan.nii.gz'), [0, 10, 30, 50]);
    run(bin, ['fit', 'scan.nii.gz', '--tsl', '0,10,30,50', '-o', 'maps'], project);
    const summary = JSON.parse(readFileSync(join(project, 'maps/summary.json'), 'utf8'));
    expect(summary.results.status.ok).toBe(240);

    writeFileSync(
      join(project, 'use.ts'),
      `import { VERSION, createSpinLockSeries, fitSeries } from 'rhomap';
       import { findSources } from 'rhomap/node';
       const grid = { nColumns: 1, nRows: 1, nSlices: 1, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
       const { time } = fitSeries(createSpinLockSeries(grid, [0, 50], Float32Array.of(100, 100 * Math.exp(-50 / 43))));
       const found: number = (await findSources(['scan.nii.gz'])).length;
       console.log(VERSION, time.values[0]!.toFixed(3), found);`,
    );
    expect(run('node', ['use.ts'], project).trim()).toBe(`${packageJson.version} 43.000 1`);
    run(
      join(root, 'node_modules/.bin/tsc'),
      ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--skipLibCheck', 'use.ts'],
      project,
    );
  }, 300_000);
});
