import { basename } from 'node:path';
import type { Command } from 'commander';
import { createSummary, jsonFile, type OutputFile, textFile } from '../../core/summary.ts';
import { createWarningSink, type WarningSink } from '../../core/warnings.ts';
import { calibrateModel, storeCalibration } from '../../pipeline/calibrate-model.ts';
import type { DataSet } from '../../pipeline/dataset.ts';
import { openMappingModel } from '../../pipeline/mapping-model.ts';
import { calibrationMarkdown } from '../../report/calibration-markdown.ts';
import { openDataSetFolder } from '../../runtime/node/data-set.ts';
import { readModelFiles } from '../../runtime/node/models.ts';
import { assertOutputFolder, withOutputFolder } from '../../runtime/node/output-folder.ts';
import { nodeSessionProvider } from '../../runtime/node/session.ts';
import { addOutputFlags, type CommandDefinition, command } from '../command.ts';
import { wholeNumber } from '../flags.ts';
import { printWarnings } from '../print-warnings.ts';

interface Flags {
  readonly model: string;
  readonly uncertaintyModel?: string;
  readonly data: readonly string[];
  readonly test?: readonly string[];
  readonly output: string;
  readonly force: boolean;
  readonly broken?: number;
  readonly threads?: number;
}

export const calibrateCommand: CommandDefinition = {
  declare: (): Command =>
    addOutputFlags(
      command(
        'calibrate',
        "Calibrate a trained network's uncertainty on patients it never saw, and judge it on others.",
        [
          'rhomap calibrate --model study/fold-1/lbru/model.onnx --data calibration -o calibrated',
          'rhomap calibrate --model lbru.onnx --data paper hard --test paper2 hard2 -o calibrated',
          'rhomap calibrate --model lbudr.onnx --uncertainty-model lbru.onnx --data calibration -o calibrated',
        ],
      )
        .requiredOption('--model <name>', 'an .onnx file, or a shipped model')
        .option(
          '--uncertainty-model <name>',
          'the model whose uncertainty goes with its map, where it states none; one file comes of both',
        )
        .requiredOption('--data <dirs...>', 'data sets of calibration patients (200 or more are good)')
        .option('--test <dirs...>', 'data sets of other patients, on which the result is judged')
        .option(
          '--broken <n>',
          'also: what the input checks notice, on n test patients of each set',
          wholeNumber,
        )
        .option('--threads <n>', 'threads of the network (default: one per core)', wholeNumber),
    ),
  run: async (_args, rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as Flags;
    await assertOutputFolder(flags.output, flags);
    const warnings = createWarningSink();
    const file = await readModelFiles(flags.model, flags.uncertaintyModel);
    const threads = flags.threads === undefined ? {} : { threads: flags.threads };
    const model = await openMappingModel(file.bytes, file.name, nodeSessionProvider(), threads);
    const { imageSize } = model.info;
    const progress = terminal.progress('calibrating', 1);
    const calibrated = await calibrateModel(model, {
      calibration: await openAll(flags.data, imageSize, warnings),
      test: await openAll(flags.test ?? [], imageSize, warnings),
      testNames: (flags.test ?? []).map((folder) => basename(folder)),
      nBroken: flags.broken ?? 0,
      onProgress: progress.advance,
    });
    progress.end();
    await model.close();
    const { calibration, report, flagRates } = calibrated;
    const markdown = report && calibrationMarkdown(report, flagRates);
    const summary = createSummary({
      command: 'calibrate',
      options: { model: file.name, data: flags.data, test: flags.test ?? [] },
      inputs: [{ name: file.name, bytes: file.bytes.length, sha256: model.sha256 }],
      results: { calibration, ...(report && { report }), ...(flagRates && { flagRates }) },
      warnings: warnings.warnings,
    });
    const files: OutputFile[] = [
      { path: 'model.onnx', bytes: storeCalibration(file.bytes, calibrated, file.name) },
      jsonFile('calibration.json', calibration),
      ...(report ? [jsonFile('report.json', report), textFile('report.md', markdown!)] : []),
      jsonFile('summary.json', summary),
    ];
    await withOutputFolder(flags.output, flags, async (folder) => {
      for (const written of files) await folder.write(written);
    });
    printWarnings(terminal, warnings.warnings);
    if (markdown) terminal.result(markdown);
    terminal.result(
      `calibrated on ${calibration.nPatients} patients (${calibration.recalibration.kind}); the model is ${flags.output}/model.onnx`,
    );
    terminal.json(summary);
  },
};

async function openAll(
  folders: readonly string[],
  imageSize: number,
  warnings: WarningSink,
): Promise<DataSet[]> {
  const opened: DataSet[] = [];
  for (const folder of folders) opened.push(await openDataSetFolder(folder, imageSize, warnings));
  return opened;
}
