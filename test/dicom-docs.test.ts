import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Codes are stable names that scripts rely on: each is in the support table, and no other. */
it('documents every DICOM error and warning code', () => {
  const folder = join(root, 'src/io/dicom');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
  const codes = sources.flatMap((f) => [
    ...readFileSync(join(folder, f), 'utf8').matchAll(/'(dicom\/[a-z0-9-]+)'/g),
  ]);
  const documented = readFileSync(join(root, 'docs/reference/dicom-support.md'), 'utf8').matchAll(
    /`(dicom\/[a-z0-9-]+)`/g,
  );
  const unique = (matches: Iterable<RegExpMatchArray>): string[] =>
    [...new Set([...matches].map((m) => m[1]!))].sort();
  expect(unique(documented)).toEqual(unique(codes));
});
