import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { DataError } from '../../core/errors.ts';
import { createSummary, type InputRecord, jsonFile } from '../../core/summary.ts';
import type { ParametricMap } from '../../core/volume.ts';
import { createWarningSink, type WarningSink } from '../../core/warnings.ts';
import { readNifti } from '../../io/nifti/read.ts';
import type { SpinLockOrientation } from '../../pipeline/fit.ts';
import { mapRoiFile, regionFiles } from '../../pipeline/map-files.ts';
import { reportRegions } from '../../roi/region-report.ts';
import { withSliceNumbers } from '../../roi/slice-number.ts';
import { loadMask } from '../../runtime/node/load-series.ts';
import { assertOutputFolder, withOutputFolder } from '../../runtime/node/output-folder.ts';
import { readSummary } from '../../runtime/node/read-summary.ts';
import { findSources, inputRecord } from '../../runtime/node/sources.ts';
import type { Calibration } from '../../uncertainty/calibration.ts';
import { addOutputFlags, type CommandDefinition, command } from '../command.ts';
import { printWarnings } from '../print-warnings.ts';
import { addRefineFlags, type RefineFlags, refinementRule, regionTable } from '../refine-flags.ts';

interface RoiFlags extends RefineFlags {
  readonly output: string;
  readonly force: boolean;
  readonly roi: string;
}

const UNCERTAINTY = 'uncertainty_ms.nii.gz';

export const roiCommand: CommandDefinition = {
  declare: (): Command =>
    addRefineFlags(
      addOutputFlags(
        command('roi', 'Numbers and refinement of regions on maps that rhomap map wrote.', [
          'rhomap roi maps --roi liver.nii.gz -o liver',
          'rhomap roi maps --roi liver.nii.gz -o liver --refine-keep 0.8',
        ])
          .argument('<dir>', 'folder that rhomap map wrote')
          .requiredOption('--roi <mask>', 'regions: NIfTI labels, DICOM SEG or RTSTRUCT'),
      ),
    ),
  run: async ([folder], rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as RoiFlags;
    const warnings = createWarningSink();
    const made = await readRecord(folder!);
    const { calibration } = made;
    const status = (await readMap(folder!, 'status', 'status.nii.gz', new Uint8Array(), warnings)).map.values;
    const codes = Uint8Array.from(status);
    const t1rho = await readMap(folder!, 'T1rho', 'T1rho_ms.nii.gz', codes, warnings);
    // A network that states none leaves none.
    const uncertainty = existsSync(join(folder!, UNCERTAINTY))
      ? await readMap(folder!, 'uncertainty', UNCERTAINTY, codes, warnings)
      : undefined;
    const { mask, input } = await loadMask(
      flags.roi,
      { grid: t1rho.map.grid, orientation: t1rho.orientation },
      warnings,
    );
    const inputs = [t1rho.input, ...(uncertainty ? [uncertainty.input] : []), input];
    const output = { force: flags.force, inputs: inputs.map(({ name }) => name) };
    await assertOutputFolder(flags.output, output);
    const rule = refinementRule(flags, calibration);
    const maps = [t1rho.map, ...(uncertainty ? [uncertainty.map] : [])];
    const result = reportRegions(
      { t1rho: t1rho.map, uncertainty: uncertainty?.map, mask, calibration, rule },
      warnings,
    );
    const summary = createSummary({
      command: 'roi',
      options: { refinement: rule ?? null },
      inputs,
      results: { model: made.model, refinement: rule ?? null, regions: withSliceNumbers(result.regions) },
      warnings: warnings.warnings,
    });
    await withOutputFolder(flags.output, output, async (out) => {
      for (const file of [mapRoiFile(maps, mask), ...regionFiles(result, t1rho.orientation)])
        await out.write(file);
      await out.write(jsonFile('summary.json', summary));
    });
    printWarnings(terminal, warnings.warnings);
    terminal.result(regionTable(result.regions));
    terminal.json(summary);
  },
};

/** What `rhomap map` notes beside its maps. */
interface MapRecord {
  readonly model?: unknown;
  readonly calibration?: Calibration;
}

async function readRecord(folder: string): Promise<MapRecord> {
  const summary = await readSummary(folder);
  if (!summary)
    throw new DataError(
      'roi/no-maps',
      `${folder} holds no summary.json of rhomap; give a folder that rhomap map wrote.`,
    );
  if (summary.command !== 'map')
    throw new DataError(
      'roi/no-maps',
      `${folder} was written by rhomap ${summary.command ?? '(unknown)'}; give a folder that rhomap map wrote.`,
    );
  return summary.results as MapRecord;
}

async function readMap(
  folder: string,
  name: string,
  file: string,
  status: Uint8Array,
  warnings: WarningSink,
): Promise<{
  readonly map: ParametricMap;
  readonly input: InputRecord;
  readonly orientation: SpinLockOrientation;
}> {
  const [source] = await findSources([join(folder, file)]);
  const { grid, values, orientation } = readNifti(await source!.read(), source!.name, warnings);
  return {
    map: { grid, name, unit: 'ms', values, status },
    input: await inputRecord(source!),
    orientation: orientation === 'none' ? 'none' : 'scanner',
  };
}
