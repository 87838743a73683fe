/** A trained network as `rhomap map` uses it: opened, with what its file says about itself. */
import { sha256 } from '../core/hash.ts';
import type { SessionOptions, SessionProvider } from '../core/session.ts';
import { decodeModel } from '../graph/onnx/model.ts';
import type { TrainedModel } from '../methods/method.ts';
import { type ModelInfo, readModelInfo } from '../methods/model-info.ts';
import { networkOf } from '../network/export.ts';
import type { TrainedGrid } from '../training/model-grid.ts';
import { type Calibration, readCalibration } from '../uncertainty/calibration.ts';

/** What a model's file says about itself, and which file it is. */
export interface ModelRecord {
  /** SHA-256 of the file. */
  readonly sha256: string;
  readonly info: ModelInfo;
  /** Absent where the model was not calibrated: then its uncertainty is as the network states it. */
  readonly calibration?: Calibration;
  readonly grid: TrainedGrid;
}

export interface MappingModel extends TrainedModel, ModelRecord {
  /** Name for messages and records: that of a shipped model, or of the file. */
  readonly name: string;
  /** Frees the network; the model cannot be used after. */
  close(): Promise<void>;
}

/**
 * Reads what a file says, without loading the network.
 * @throws UnsupportedError `model/not-ours`, `network/not-ours`; FormatError for a damaged file.
 */
export async function readModelRecord(bytes: Uint8Array, name: string): Promise<ModelRecord> {
  const { metadata } = decodeModel(bytes, name);
  const info = readModelInfo(metadata, name);
  const calibration = readCalibration(metadata, name);
  const { divisor } = networkOf(metadata, name);
  return {
    sha256: await sha256(bytes),
    info,
    ...(calibration && { calibration }),
    grid: { imageSize: info.imageSize, pixelMm: info.pixelMm, divisor },
  };
}

/**
 * Opens a model that rhomap trained.
 * @param bytes the `.onnx` file.
 * @param name names it in messages.
 * @throws UnsupportedError `model/not-ours`, `network/not-ours`; FormatError for a damaged file.
 */
export async function openMappingModel(
  bytes: Uint8Array,
  name: string,
  provider: SessionProvider,
  options: SessionOptions = {},
): Promise<MappingModel> {
  const record = await readModelRecord(bytes, name);
  const session = await provider.createSession(bytes, options);
  const { inputs, output } = record.info;
  return { ...record, name, inputs, output, session, close: () => session.close() };
}
