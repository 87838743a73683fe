import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The folders of `src/`, in reading order: a folder imports only from itself and from folders above it. */
const LAYERS = [
  'core',
  'signal',
  'fit',
  'denoise',
  'cohort',
  'graph',
  'network',
  'training',
  'methods',
  'uncertainty',
  'roi',
  'evaluate',
  'report',
  'io',
  'pipeline',
  'index.ts',
  'runtime',
  'jobs',
  'pacs',
  'cli',
];

const root = resolve(import.meta.dirname, '../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
const layerOf = (file: string): number => LAYERS.indexOf(file.split('/')[0]!);
const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/from '(\.[^']+)'/g)].map((m) =>
    relative(root, resolve(root, dirname(file), m[1]!)),
  );

describe('architecture', () => {
  it('every folder of src has its place in the reading order', () => {
    expect(files.filter((f) => layerOf(f) < 0)).toEqual([]);
  });

  it.each(files.filter((f) => !f.endsWith('.test.ts')))('%s imports only upwards', (file) => {
    expect(importsOf(file).filter((target) => layerOf(target) > layerOf(file))).toEqual([]);
  });
});
