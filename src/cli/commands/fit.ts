import type { Command } from 'commander';
import { createSummary, jsonFile } from '../../core/summary.ts';
import { createWarningSink } from '../../core/warnings.ts';
import { fitOptionsSchema, resolveFitOptions } from '../../fit/options.ts';
import type { FitCounts } from '../../pipeline/fit.ts';
import {
  countFit,
  fitDicomFiles,
  fitMapFiles,
  fitPreviews,
  fitRoi,
  orientationOf,
} from '../../pipeline/fit.ts';
import { refuseEmptyMap } from '../../pipeline/refuse-empty-map.ts';
import { withSliceNumbers } from '../../roi/slice-number.ts';
import type { RoiStatistics } from '../../roi/statistics.ts';
import { fitSeriesOnThreads } from '../../runtime/node/fit-pool.ts';
import { assertOutputFolder, withOutputFolder } from '../../runtime/node/output-folder.ts';
import { rasterise, rasterisePixels } from '../../runtime/node/rasterise.ts';
import { addOutputFlags, type CommandDefinition, command } from '../command.ts';
import { addFormatFlag, addSeriesFlags, wholeNumber } from '../flags.ts';
import { loadForMaps, type MappingFlags } from '../load-for-maps.ts';
import { printWarnings } from '../print-warnings.ts';
import { addSchemaOptions, parseSchemaOptions } from '../schema-options.ts';
import { textTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface FitFlags extends MappingFlags {
  readonly workers?: number;
}

export const fitCommand: CommandDefinition = {
  declare: (): Command => {
    const declared = command(
      'fit',
      'Least-squares maps from two or more images, with quality maps and ROI numbers.',
      [
        'rhomap fit scan/ --tsl 0,10,30,50 -o maps',
        'rhomap fit series.nii.gz --tsl-from sidecar -o maps --roi liver.nii.gz',
        'rhomap fit t2.nii.gz --parameter t2 --tsl-from echo-time -o maps',
        'rhomap fit scan/ --tsl 0,10,30,50 -o maps --to nifti,dicom',
        'rhomap fit scan/ --tsl 0,50 --method rician --noise-sigma 12 -o maps',
      ],
    );
    addFormatFlag(addOutputFlags(addSeriesFlags(declared)));
    declared
      .option('--roi <mask>', 'regions: NIfTI labels, DICOM SEG or RTSTRUCT; their numbers go to roi.csv')
      .option('--workers <n>', 'most threads (default: one per core, for large series)', wholeNumber);
    addSchemaOptions(declared, fitOptionsSchema);
    return declared;
  },
  run: async (inputs, rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as FitFlags;
    const options = resolveFitOptions(parseSchemaOptions(fitOptionsSchema, rawFlags));
    await assertOutputFolder(flags.output, flags);
    const warnings = createWarningSink();
    const loaded = await loadForMaps(inputs, flags, options.parameter, { terminal, warnings });
    const { series, name, formats, study, roi, records, output } = loaded;
    const progress = terminal.progress('fitting', 1);
    const threads = flags.workers === undefined ? {} : { nWorkers: flags.workers };
    const fit = await fitSeriesOnThreads(series, options, { ...threads, onProgress: progress.advance });
    progress.end();
    const counts = countFit(fit);
    refuseEmptyMap(counts.status, name);
    const numbers = roi && fitRoi(fit, roi, warnings);
    const summary = createSummary({
      command: 'fit',
      options: { ...options, tslMs: series.tslMs },
      inputs: records,
      results: {
        series: name,
        map: fit.time.name,
        unit: fit.time.unit,
        ...counts,
        ...(numbers && { roi: withSliceNumbers(numbers.rows) }),
      },
      warnings: warnings.warnings,
    });
    await withOutputFolder(flags.output, output, async (folder) => {
      if (formats.includes('nifti'))
        for (const file of fitMapFiles(fit, orientationOf(series))) await folder.write(file);
      const previews = fitPreviews(fit, orientationOf(series), roi);
      for (const { name, svg } of previews)
        await folder.write({ path: `${name}.png`, bytes: rasterise(svg) });
      if (study) {
        const pictures = previews.map(({ svg }) => rasterisePixels(svg));
        const regions = roi && numbers ? { mask: roi, rows: numbers.rows } : undefined;
        for (const file of await fitDicomFiles(fit, study, pictures, regions)) await folder.write(file);
      }
      if (numbers) await folder.write(numbers.file);
      await folder.write(jsonFile('summary.json', summary));
    });
    printWarnings(terminal, warnings.warnings);
    printCounts(terminal, counts);
    if (numbers) terminal.result(`\n${roiTable(numbers.rows)}`);
    terminal.info(`maps are in ${flags.output}`);
    terminal.json(summary);
  },
};

function printCounts(terminal: Terminal, { nVoxels, status, medianOkMs }: FitCounts): void {
  const share = (n: number): string => `${n} (${((100 * n) / nVoxels).toFixed(1)} %)`;
  terminal.result(`voxels           ${nVoxels}, air included`);
  for (const [name, n] of Object.entries(status))
    if (n > 0) terminal.result(`${name.padEnd(16)} ${share(n)}`);
  if (medianOkMs !== null) terminal.result(`median where ok  ${medianOkMs.toFixed(2)} ms`);
}

function roiTable(rows: readonly RoiStatistics[]): string {
  const cells = rows.map((row) => [
    row.name ?? String(row.label),
    row.slice === undefined ? 'all' : String(row.slice + 1),
    String(row.nValues),
    ...[row.mean, row.standardDeviation, row.median].map((ms) => (Number.isNaN(ms) ? '–' : ms.toFixed(2))),
  ]);
  return textTable(['region', 'slice', 'n', 'mean ms', 'SD ms', 'median ms'], cells, [1, 2, 3, 4, 5]);
}
