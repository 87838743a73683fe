import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './cli.ts';
import { writeDataSet } from './data-set.ts';
import { smallModel } from './model.ts';

/** A folder with a BIDS data set `data` of small patients and a small network `model.onnx`. */
export function cohortFolder(nPatients: number, size: number = 32): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  writeDataSet(join(folder, 'data'), nPatients, size);
  writeFileSync(join(folder, 'model.onnx'), smallModel({ headGain: 0.05 }));
  return folder;
}

/** All files that are results, with what they hold: everything but the hidden folder of the job. */
export function resultsOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  const paths = entries.map((e) => join(e.parentPath, e.name).slice(folder.length + 1)).sort();
  return new Map(
    paths
      .filter((path) => !path.startsWith('.jobs/'))
      .map((path) => [path, readFileSync(join(folder, path), 'latin1')]),
  );
}
