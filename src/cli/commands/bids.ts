import { OptionError } from '../../core/errors.ts';
import { createWarningSink } from '../../core/warnings.ts';
import {
  rawDataSetFiles,
  rawImagePath,
  rawSubjectFiles,
  subjectId,
  withParticipant,
} from '../../pipeline/bids.ts';
import { folderStore } from '../../runtime/node/folder-store.ts';
import { loadMask, type SeriesFlags } from '../../runtime/node/load-series.ts';
import { type CommandDefinition, command } from '../command.ts';
import { addSeriesFlags } from '../flags.ts';
import { loadSeriesAloud } from '../load-for-maps.ts';
import { printWarnings } from '../print-warnings.ts';

interface BidsFlags extends SeriesFlags {
  readonly output: string;
  readonly subject: string;
  readonly roi?: string;
  readonly force?: boolean;
}

export const bidsCommand: CommandDefinition = {
  declare: () =>
    addSeriesFlags(
      command(
        'bids',
        'Adds the images of one subject to a BIDS data set, which is made where there is none.',
        [
          'rhomap bids scan/ --tsl 0,10,30,50 -o study --subject 001',
          'rhomap bids scan/ --tsl 0,50 -o study --subject 002 --roi liver.dcm',
        ],
      ),
    )
      .requiredOption('-o, --output <dir>', 'folder of the data set; what it holds stays')
      .requiredOption(
        '--subject <label>',
        "the subject's label, letters and digits; never a patient's name or number",
      )
      .option('--roi <mask>', 'regions: NIfTI labels, DICOM SEG or RTSTRUCT')
      .option('--force', 'replace the images of a subject that is there already'),
  run: async (inputs, rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as BidsFlags;
    const id = subjectId(flags.subject);
    const store = folderStore(flags.output);
    if (!flags.force && (await store.read(rawImagePath(id))))
      throw new OptionError('bids/exists', `${flags.output} has images of ${id}; replace them with --force.`);
    const warnings = createWarningSink();
    const { series, name } = await loadSeriesAloud(inputs, flags, 't1rho', { terminal, warnings });
    const roi = flags.roi === undefined ? undefined : await loadMask(flags.roi, series, warnings);
    for (const file of rawDataSetFiles())
      if (!(await store.read(file.path))) await store.write(file.path, file.bytes);
    const files = rawSubjectFiles(id, series, roi?.mask);
    for (const file of files) await store.write(file.path, file.bytes);
    const known = await store.read('participants.tsv');
    const participants = withParticipant(known && new TextDecoder().decode(known), id);
    await store.write('participants.tsv', new TextEncoder().encode(participants));
    printWarnings(terminal, warnings.warnings);
    terminal.result(`${id}: ${series.tslMs.length} images per slice of ${name}`);
    terminal.json({
      subject: id,
      tslMs: series.tslMs,
      files: files.map(({ path }) => path),
      warnings: warnings.warnings,
    });
  },
};
