/**
 * Makes the data set that the shipped networks learn from: `node scripts/training-cohort.ts OUT [SHARE]` simulates every part of
 * models/training-cohort.json (SHARE of its patients, all by default) and joins the parts in one data set; patient 7 of part
 * `b` is `sub-b007`. A stopped run goes on.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { presetFile } from './preset-file.ts';

interface Part {
  readonly letter: string;
  readonly patients: number;
  readonly seed: number;
  readonly extends: string;
  readonly changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Recipe {
  readonly description: string;
  readonly stages: string;
  readonly parts: readonly Part[];
}

const root = resolve(import.meta.dirname, '..');
const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const recipe = read<Recipe>(join(root, 'models/training-cohort.json'));

const [out, share = '1'] = process.argv.slice(2);
if (!out) throw new Error('Usage: node scripts/training-cohort.ts OUT [SHARE]');

const tables = recipe.parts.map((part) => joinPart(part, Math.ceil(part.patients * Number(share))));
writeFileSync(
  join(out, 'participants.tsv'),
  [tables[0]![0], ...tables.flatMap(([, ...rows]) => rows)].map((row) => `${row}\n`).join(''),
);

/** Simulates a part and moves its patients into the data set; returns the lines of its table of participants. */
function joinPart(part: Part, nPatients: number): string[] {
  const folder = join(out!, '.parts', part.letter);
  const table = join(out!, `participants-${part.letter}.tsv`);
  if (!existsSync(table)) {
    mkdirSync(folder, { recursive: true });
    const preset = join(out!, '.parts', `${part.letter}.json`);
    writeFileSync(preset, JSON.stringify(presetOf(part)));
    const flags = [
      '--patients',
      nPatients,
      '--seed',
      part.seed,
      '--stages',
      recipe.stages,
      '--floor-draws',
      0,
    ];
    execFileSync(
      process.execPath,
      [
        'src/cli/main.ts',
        'simulate',
        '-o',
        resolve(folder),
        '--preset-file',
        resolve(preset),
        ...flags.map(String),
      ],
      { cwd: root, stdio: 'inherit' },
    );
    for (const path of filesUnder(folder)) {
      if (!path.includes('sub-')) continue;
      const target = join(out!, renamed(path, part.letter));
      mkdirSync(dirname(target), { recursive: true });
      // The records of slices name their patient.
      if (path.endsWith('slices.json'))
        writeFileSync(target, renamed(readFileSync(join(folder, path), 'utf8'), part.letter));
      else renameSync(join(folder, path), target);
    }
    writeFileSync(table, renamed(readFileSync(join(folder, 'participants.tsv'), 'utf8'), part.letter));
    rmSync(folder, { recursive: true });
  }
  return readFileSync(table, 'utf8').trimEnd().split('\n');
}

function renamed(text: string, letter: string): string {
  return text.replaceAll('sub-', `sub-${letter}`);
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

const presetOf = ({ letter, extends: base, changes }: Part): unknown =>
  presetFile({
    ...{ name: `training-${letter}`, description: recipe.description, base, changes },
    source: 'varied for training',
  });
