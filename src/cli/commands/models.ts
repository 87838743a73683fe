import type { Command } from 'commander';
import { readModelRecord } from '../../pipeline/mapping-model.ts';
import { modelCard } from '../../report/model-card.ts';
import { DEFAULT_MODEL, readModelFile, shippedModels } from '../../runtime/node/models.ts';
import { type CommandDefinition, command } from '../command.ts';
import { textTable } from '../table.ts';

export const modelsCommand: CommandDefinition = {
  declare: (): Command =>
    command('models', 'List the models that come along, or show what a model says about itself.', [
      'rhomap models',
      'rhomap models liver-lbru',
      'rhomap models mine.onnx',
    ]).argument('[model]', 'a shipped model or an .onnx file: print its card'),
  run: async ([name], _flags, { terminal }) => {
    if (name !== undefined) {
      const { bytes } = await readModelFile(name);
      const record = await readModelRecord(bytes, name);
      const facts = { ...record, name, nBytes: bytes.length };
      terminal.result(modelCard(facts));
      terminal.json({ ...facts, info: { ...record.info, method: record.info.method.name } });
      return;
    }
    const models = [];
    for (const shipped of await shippedModels()) {
      const { bytes } = await readModelFile(shipped);
      const { info, calibration, sha256 } = await readModelRecord(bytes, shipped);
      models.push({
        name: shipped,
        method: info.scaleFrom ? `${info.method.name} + ${info.scaleFrom.method}` : info.method.name,
        tslMs: info.coarseTslMs,
        nCalibrationPatients: calibration?.nPatients ?? null,
        megabytes: Number((bytes.length / 1e6).toFixed(1)),
        sha256,
      });
    }
    const rows = models.map((m) => [
      m.name === DEFAULT_MODEL ? `${m.name} (default)` : m.name,
      m.method,
      m.tslMs.join(', '),
      m.nCalibrationPatients === null ? 'no' : `${m.nCalibrationPatients} patients`,
      String(m.megabytes),
    ]);
    terminal.result(
      rows.length > 0
        ? textTable(['model', 'method', 'TSL ms', 'calibrated', 'MB'], rows, [4])
        : 'No model is shipped yet: train one (rhomap train), and give its file with --model.',
    );
    terminal.json({ models });
  },
};
