/**
 * `node scripts/test-full.ts [NAME…]`: the tests at full size. All of them write the log `docs/results/test-full.md`; with
 * names only the files that these are part of run, and the log is printed. Ends with Vitest's exit code.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { machine } from '../bench/machine.ts';
import { SIZE_TAG } from '../test/support/size.ts';

const root = resolve(import.meta.dirname, '..');
const LOG = join(root, 'docs/results/test-full.md');

/** What this script uses of Vitest's JSON report. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly status: 'passed' | 'failed';
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo';
    }[];
  }[];
}

interface FileRow {
  readonly file: string;
  readonly nTests: number;
  readonly nPassed: number;
  readonly nFailed: number;
  readonly seconds: number;
  /** What was run at which size, by the titles of the tests. */
  readonly sizes: readonly string[];
  /** Titles; the file's own message where it did not come to its tests. */
  readonly failures: readonly string[];
}

const names = process.argv.slice(2);
const before = machine();
const start = performance.now();
const { exitCode, report } = runTests(names);
const page = logPage(rowsOf(report), (performance.now() - start) / 1000);
if (names.length > 0) console.log(`\n${page}`);
else {
  mkdirSync(dirname(LOG), { recursive: true });
  writeFileSync(`${LOG}.part`, page);
  renameSync(`${LOG}.part`, LOG);
  console.log(`The log is in ${relative(process.cwd(), LOG)}.`);
}
process.exitCode = exitCode;

function runTests(filters: readonly string[]): { exitCode: number; report: Report } {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-test-full-'));
  try {
    const file = join(folder, 'report.json');
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...filters], {
      cwd: root,
      env: { ...process.env, RHOMAP_FULL: '1' },
      stdio: 'inherit',
    });
    return { exitCode: status ?? 1, report: JSON.parse(readFileSync(file, 'utf8')) as Report };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rowsOf({ testResults }: Report): FileRow[] {
  const rows = testResults.map(({ name, message, status, startTime, endTime, assertionResults }) => {
    const count = (wanted: string): number => assertionResults.filter((t) => t.status === wanted).length;
    const failed = assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName);
    const sizes = assertionResults.flatMap(({ fullName }) =>
      [...fullName.matchAll(SIZE_TAG)].map((tag) => tag[1]!),
    );
    const isBroken = status === 'failed' && failed.length === 0;
    return {
      file: relative(root, name),
      nTests: assertionResults.length,
      nPassed: count('passed'),
      nFailed: failed.length,
      seconds: Math.max(0, endTime - startTime) / 1000,
      sizes: [...new Set(sizes)],
      failures: isBroken ? [message.split('\n')[0] || 'did not run'] : failed,
    };
  });
  return rows.sort((a, b) => (a.file < b.file ? -1 : 1));
}

function logPage(rows: readonly FileRow[], seconds: number): string {
  const sum = (of: (row: FileRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const { processor, cores, memoryGb, platform, node, date, commit } = before;
  const failures = rows.flatMap(({ file, failures }) => failures.map((title) => `- ${file}: ${title}`));
  const skipped = sum((r) => r.nTests - r.nPassed - r.nFailed);
  return [
    '# The tests at full size',
    '',
    'Written by `npm run test:full`. Seconds are those of a file on this machine, while others may have run beside it.',
    '',
    `- ${date}, commit ${commit}, ${(seconds / 60).toFixed(0)} minutes`,
    `- ${processor}, ${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}`,
    `- ${rows.length} files, ${sum((r) => r.nTests)} tests: ${sum((r) => r.nPassed)} passed, ${sum((r) => r.nFailed)} failed, ${skipped} skipped`,
    '',
    ...(failures.length > 0 ? ['Failed:', '', ...failures, ''] : []),
    '| file | tests | passed | failed | seconds | size |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...rows.map(
      (r) =>
        `| ${r.file} | ${r.nTests} | ${r.nPassed} | ${r.nFailed} | ${r.seconds.toFixed(1)} | ${r.sizes.join(', ')} |`,
    ),
    '',
  ].join('\n');
}
