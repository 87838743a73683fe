/** The reference page lists every code that the NIfTI folder can raise, and no other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const CODE = /(?:nifti|series|sidecar|mask)\/[a-z-]+/;

it('every error and warning code is documented', () => {
  const folder = join(root, 'src/io/nifti');
  const sources = readdirSync(folder).filter((name) => !name.endsWith('.test.ts'));
  const raised = sources.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(new RegExp(`'(${CODE.source})'`, 'g'))].map(
      (m) => m[1],
    ),
  );
  const page = readFileSync(join(root, 'docs/reference/nifti-support.md'), 'utf8');
  const documented = [...page.matchAll(new RegExp(`^\\| \`(${CODE.source})\``, 'gm'))].map((m) => m[1]);
  expect(raised.length).toBeGreaterThan(20);
  expect(new Set(documented)).toEqual(new Set(raised));
});
