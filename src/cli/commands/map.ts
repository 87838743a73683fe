import type { Command } from 'commander';
import { createWarningSink } from '../../core/warnings.ts';
import { openMappingModel } from '../../pipeline/mapping-model.ts';
import { mapPatient, writeMappedPatient } from '../../runtime/node/map-patient.ts';
import { readModelFiles } from '../../runtime/node/models.ts';
import { assertOutputFolder } from '../../runtime/node/output-folder.ts';
import { nodeSessionProvider } from '../../runtime/node/session.ts';
import type { InputCheck } from '../../uncertainty/input-checks.ts';
import { addOutputFlags, type CommandDefinition, command } from '../command.ts';
import { addFormatFlag, addSeriesFlags, wholeNumber } from '../flags.ts';
import { loadForMaps, type MappingFlags } from '../load-for-maps.ts';
import { addModelFlags, type ModelFlags } from '../model-flags.ts';
import { printWarnings } from '../print-warnings.ts';
import { addRefineFlags, type RefineFlags, refinementRule, regionTable } from '../refine-flags.ts';
import type { Terminal } from '../terminal.ts';

interface MapFlags extends MappingFlags, ModelFlags, RefineFlags {
  readonly report?: boolean;
  readonly threads?: number;
}

export const mapCommand: CommandDefinition = {
  declare: (): Command => {
    const declared = addModelFlags(
      addFormatFlag(
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
      ),
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
    const file = await readModelFiles(flags.model, flags.uncertaintyModel);
    const images = await loadForMaps(inputs, flags, 't1rho', { terminal, warnings });
    const threads = flags.threads === undefined ? {} : { threads: flags.threads };
    const model = await openMappingModel(file.bytes, file.name, nodeSessionProvider(), threads);
    const progress = terminal.progress('mapping', 1);
    const settings = {
      formats: images.formats,
      mapFromMs: flags.mapFrom,
      rule: refinementRule(flags, model.calibration),
      report: flags.report,
      onProgress: progress.advance,
    };
    const mapped = await mapPatient(images, model, settings, warnings);
    progress.end();
    await model.close();
    await writeMappedPatient(flags.output, images.output, images, model, mapped, settings);
    const { result, counts, regions, summary } = mapped;
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
