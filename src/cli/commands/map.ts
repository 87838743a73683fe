import { basename } from 'node:path';
import type { Command } from 'commander';
import { createSummary, jsonFile } from '../../core/summary.ts';
import { createWarningSink } from '../../core/warnings.ts';
import { orientationOf } from '../../pipeline/fit.ts';
import { mapSeries } from '../../pipeline/map.ts';
import {
  countMap,
  mapDicomFiles,
  mapPreviews,
  mapResultFiles,
  mapRoiFile,
  mapsOf,
  regionFiles,
} from '../../pipeline/map-files.ts';
import { openMappingModel } from '../../pipeline/mapping-model.ts';
import { patientReportFile } from '../../pipeline/patient-report.ts';
import { reportRegions } from '../../roi/region-report.ts';
import { DEFAULT_MODEL, readModelFile } from '../../runtime/node/models.ts';
import { assertOutputFolder, withOutputFolder } from '../../runtime/node/output-folder.ts';
import { rasterise, rasterisePixels } from '../../runtime/node/rasterise.ts';
import { nodeSessionProvider } from '../../runtime/node/session.ts';
import type { InputCheck } from '../../uncertainty/input-checks.ts';
import { addOutputFlags, type CommandDefinition, command } from '../command.ts';
import { addFormatFlag, addSeriesFlags, numberPair, wholeNumber } from '../flags.ts';
import { loadForMaps, type MappingFlags } from '../load-for-maps.ts';
import { printWarnings } from '../print-warnings.ts';
import { addRefineFlags, type RefineFlags, refinementRule, regionTable } from '../refine-flags.ts';
import type { Terminal } from '../terminal.ts';

interface MapFlags extends MappingFlags, RefineFlags {
  readonly model: string;
  readonly mapFrom?: readonly [number, number];
  readonly report?: boolean;
  readonly threads?: number;
}

export const mapCommand: CommandDefinition = {
  declare: (): Command => {
    const declared = addFormatFlag(
      addOutputFlags(
        addSeriesFlags(
          command('map', 'A refined T1rho map and its uncertainty from two images, by a trained network.', [
            'rhomap map scan/ --tsl 0,50 -o maps',
            'rhomap map series.nii.gz --tsl-from sidecar -o maps --roi liver.nii.gz --report',
            'rhomap map scan/ --tsl 0,50 -o maps --roi liver.dcm --to nifti,dicom',
            'rhomap map scan/ --tsl 0,10,30,50 --map-from 0,50 -o maps --model mine.onnx',
          ]),
        ),
      ),
    )
      .option('--model <name>', 'a shipped model (rhomap models lists them) or an .onnx file', DEFAULT_MODEL)
      .option(
        '--map-from <ms>',
        "the two times to map from (default: those nearest to the model's)",
        numberPair,
      )
      .option(
        '--roi <mask>',
        'regions: NIfTI labels, DICOM SEG or RTSTRUCT; their numbers go to roi.csv and roi_refined.csv',
      )
      .option('--report', 'also write report.html: pictures, what to think of them, numbers')
      .option('--threads <n>', 'threads of the network (default: one per core)', wholeNumber);
    return addRefineFlags(declared);
  },
  run: async (inputs, rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as MapFlags;
    await assertOutputFolder(flags.output, flags);
    const warnings = createWarningSink();
    const file = await readModelFile(flags.model);
    const loaded = await loadForMaps(inputs, flags, 't1rho', { terminal, warnings });
    const { series, name, formats, study, roi, records, output } = loaded;
    const threads = flags.threads === undefined ? {} : { threads: flags.threads };
    const model = await openMappingModel(file.bytes, file.name, nodeSessionProvider(), threads);
    const progress = terminal.progress('mapping', 1);
    const result = await mapSeries(series, model, {
      onProgress: progress.advance,
      mapFromMs: flags.mapFrom,
      roi: roi,
    });
    progress.end();
    await model.close();
    const counts = countMap(result);
    const rule = refinementRule(flags, model.calibration);
    const regions =
      roi && reportRegions({ ...result, mask: roi, calibration: model.calibration, rule }, warnings);
    const summary = createSummary({
      command: 'map',
      options: { tslMs: series.tslMs, mapFromMs: result.usedTslMs, model: model.name },
      inputs: records,
      results: {
        series: name,
        model: { name: model.name, sha256: model.sha256, method: model.info.method.name },
        ...{ matrix: result.matrix, ...counts, check: result.check, sliceChecks: result.sliceChecks },
        ...(model.calibration && { calibration: model.calibration }),
        ...(regions && { refinement: rule ?? null, regions: regions.regions }),
      },
      warnings: warnings.warnings,
    });
    await withOutputFolder(flags.output, output, async (folder) => {
      if (formats.includes('nifti'))
        for (const written of mapResultFiles(result, orientationOf(series))) await folder.write(written);
      const previews = mapPreviews(result, model, orientationOf(series), roi);
      for (const { name, svg } of previews)
        await folder.write({ path: `${name}.png`, bytes: rasterise(svg) });
      if (study) {
        // The refined map's own pictures come first, one per slice.
        const pictures = previews.slice(0, series.grid.nSlices).map(({ svg }) => rasterisePixels(svg));
        const drawn = roi && regions && { mask: roi, ...regions };
        for (const written of await mapDicomFiles({ result, model, study, pictures, regions: drawn }))
          await folder.write(written);
      }
      if (roi) await folder.write(mapRoiFile(mapsOf(result), roi));
      if (regions)
        for (const written of regionFiles(regions, orientationOf(series))) await folder.write(written);
      if (flags.report)
        await folder.write(
          patientReportFile(
            { series, result, model, roi: roi, regions },
            {
              title: basename(name),
              inputs: records,
              warnings: warnings.warnings,
              orientation: orientationOf(series),
            },
          ),
        );
      await folder.write(jsonFile('summary.json', summary));
    });
    printWarnings(terminal, warnings.warnings);
    printCheck(terminal, result.check);
    terminal.result(`mapped from TSL ${result.usedTslMs.join(' and ')} ms by ${model.name}`);
    if (counts.medianOkMs !== null) terminal.result(`median where ok  ${counts.medianOkMs.toFixed(2)} ms`);
    if (regions) terminal.result(`\n${regionTable(regions.regions)}`);
    terminal.info(`maps are in ${flags.output}`);
    terminal.json(summary);
  },
};

/** In range needs no word; anything else is a warning with its reasons. */
function printCheck(terminal: Terminal, { verdict, reasons }: InputCheck): void {
  if (verdict === 'in range') return;
  const what =
    verdict === 'refuse' ? 'do not use this map: the input is not what the model knows' : 'unusual input';
  terminal.warn(`${what}: ${reasons.join('; ')} [map/${verdict}]`);
}
