/** The documentation is complete where it claims to be, and its links lead somewhere. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI_REFERENCE, cliReference } from '../scripts/cli-reference.ts';
import { VOXEL_STATUS } from '../src/core/status.ts';
import { FIT_QUALITY } from '../src/fit/quality.ts';
import * as library from '../src/index.ts';
import { roiCsv } from '../src/roi/roi-csv.ts';
import * as nodeLibrary from '../src/runtime/node/index.ts';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: root });

it.each(pages)('the links of %s lead somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link!);
  expect(links.filter((link) => !existsSync(resolve(root, dirname(page), link)))).toEqual([]);
});

it('the index of the documentation names every page', () => {
  const listed = [...read('docs/README.md').matchAll(/\]\(([^)#]+\.md)\)/g)].map(([, link]) => link!);
  const kinds = ['tutorial', 'how-to', 'reference', 'explanation'];
  const written = kinds.flatMap((kind) => globSync(`${kind}/*.md`, { cwd: join(root, 'docs') }));
  expect(written.filter((page) => !listed.includes(page))).toEqual([]);
});

it('decisions are numbered without gaps, and their index is complete', () => {
  const numbered = readdirSync(join(root, 'docs/decisions'))
    .filter((name) => /^\d{4}-/.test(name))
    .sort();
  expect(numbered.map((name) => Number(name.slice(0, 4)))).toEqual(numbered.map((_, i) => i + 1));
  const index = read('docs/decisions/README.md');
  for (const name of numbered) {
    const title = read(`docs/decisions/${name}`).match(/^# \d{4} (.*)/)![1]!;
    expect(index).toContain(`- [${name.slice(0, 4)}](${name}) ${title}\n`);
  }
});

describe('reference', () => {
  it('of the command line says what --help says (else: node scripts/cli-reference.ts)', async () => {
    const page = readFileSync(CLI_REFERENCE, 'utf8');
    expect(page).toBe(await cliReference(page));
  });

  it('of the command line lists every code that reading, fitting and writing can raise', () => {
    const folders = [
      'cli',
      'core',
      'fit',
      'pipeline/inputs',
      'pipeline/*.ts',
      'roi',
      'runtime/node',
      'cohort',
    ];
    const sources = folders
      .flatMap((f) => globSync(f.endsWith('.ts') ? `src/${f}` : `src/${f}/**/*.ts`, { cwd: root }))
      .filter((path) => !path.endsWith('.test.ts'));
    const families = /'((?:input|tsl|option|fit|roi|output|preset|doctor)\/[a-z-]+)'/g;
    const raised = sources.flatMap((path) => [...read(path).matchAll(families)].map(([, code]) => code!));
    const page = readFileSync(CLI_REFERENCE, 'utf8');
    expect(new Set(raised).size).toBeGreaterThan(25);
    expect([...new Set(raised)].filter((code) => !page.includes(`| \`${code}\``))).toEqual([]);
  });

  it('of output files explains every status, quality bit and column', () => {
    const page = read('docs/reference/outputs.md');
    for (const [name, code] of Object.entries({ ...VOXEL_STATUS, ...FIT_QUALITY }))
      expect(page).toMatch(new RegExp(`\\| ${code} +\\| \`${name}\``));
    for (const column of roiCsv([]).trim().split(',')) expect(page).toContain(`\`${column}\``);
  });

  it('of the library names every export', () => {
    const page = read('docs/reference/library.md');
    const exported = [...Object.keys(library), ...Object.keys(nodeLibrary)];
    expect(exported.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
