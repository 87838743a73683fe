import { relative } from 'node:path';
import type { WarningSink } from '../../core/warnings.ts';
import { type DataSet, openDataSet } from '../../pipeline/dataset.ts';
import { findSources } from './sources.ts';

/** A data set in a folder. @throws what `findSources` and `openDataSet` throw. */
export async function openDataSetFolder(
  folder: string,
  imageSize: number,
  warnings: WarningSink,
): Promise<DataSet> {
  const sources = await findSources([folder]);
  return openDataSet(
    sources.map((source) => ({ ...source, name: relative(folder, source.name) })),
    imageSize,
    warnings,
  );
}
