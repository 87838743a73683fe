import { randomBytes } from 'node:crypto';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { DataError, OptionError, RhomapError } from '../../core/errors.ts';
import { createWarningSink } from '../../core/warnings.ts';
import { deidentify } from '../../pacs/deidentify/deidentify.ts';
import { assertOutputFolder, withOutputFolder } from '../../runtime/node/output-folder.ts';
import { findSources } from '../../runtime/node/sources.ts';
import { orEnvironmentError } from '../../runtime/node/unwritable.ts';
import { addOutputFlags, type CommandDefinition, command } from '../command.ts';

interface DeidentifyFlags {
  readonly output: string;
  readonly force: boolean;
  readonly key: string;
  readonly shiftDates?: boolean;
  readonly keepPatientCharacteristics?: boolean;
}

export const deidentifyCommand: CommandDefinition = {
  declare: () =>
    addOutputFlags(
      command(
        'deidentify',
        'Copies DICOM images without what tells who the patient is (PS3.15, Basic Profile).',
        [
          'rhomap deidentify scan/ -o shared --key study.key',
          'rhomap deidentify scan/ -o shared --key study.key --shift-dates --keep-patient-characteristics',
        ],
      ).argument('<input...>', 'files or folders with DICOM images'),
    )
      .requiredOption(
        '--key <file>',
        'secret that makes the pseudonyms; made where there is none. Keep it apart from the images',
      )
      .option(
        '--shift-dates',
        'move dates by the same days for all images of a patient, instead of removing them',
      )
      .option('--keep-patient-characteristics', 'keep sex, age, size, weight'),
  run: async (inputs, rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as DeidentifyFlags;
    await assertOutputFolder(flags.output, flags);
    const sources = await findSources(inputs);
    const options = { ...flags, key: await keyOf(flags.key) };
    const warnings = createWarningSink();
    const skipped: { code: string; message: string }[] = [];
    const patients = new Set<string>();
    let nWritten = 0;
    await withOutputFolder(
      flags.output,
      { force: flags.force, inputs: sources.map(({ name }) => name) },
      async (folder) => {
        for (const source of sources) {
          try {
            const { bytes, path, pseudonym } = deidentify(
              await source.read(),
              source.name,
              options,
              warnings,
            );
            await folder.write({ path, bytes });
            patients.add(pseudonym);
            nWritten++;
          } catch (error) {
            if (!(error instanceof RhomapError)) throw error;
            skipped.push({ code: error.code, message: error.message });
            terminal.warn(`left out: ${error.message}`);
          }
        }
        if (nWritten === 0)
          throw new DataError('deidentify/none', 'No file could be de-identified; the warnings say why.');
      },
    );
    terminal.result(
      `${nWritten} images of ${patients.size} patients in ${flags.output}; ${skipped.length} files left out`,
    );
    terminal.info(
      'Pixels were not looked at: text burned into them stays. Check some images before you share them.',
    );
    terminal.json({ nWritten, patients: [...patients].sort(), skipped });
  },
};

const MIN_KEY = 16;

async function keyOf(path: string): Promise<string> {
  const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new OptionError('deidentify/key', `The key file ${path} cannot be read: ${error.message}.`);
  });
  const key = known?.trim();
  if (key !== undefined && key.length < MIN_KEY)
    throw new OptionError(
      'deidentify/key',
      `The key in ${path} has fewer than ${MIN_KEY} characters; remove the file to have one made.`,
    );
  if (key !== undefined) return key;
  const made = randomBytes(32).toString('hex');
  const write = async (): Promise<void> => {
    const file = await open(path, 'wx', 0o600);
    try {
      await writeFile(file, `${made}\n`);
    } catch (error) {
      // Half a key would be taken for a whole one.
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  };
  await orEnvironmentError(path, write);
  return made;
}
