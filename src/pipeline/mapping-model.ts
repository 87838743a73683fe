/** A trained network as `rhomap map` uses it: opened, with what its file says about itself. */
import { sha256 } from '../core/hash.ts';
import type { SessionOptions, SessionProvider } from '../core/session.ts';
import { decodeModel } from '../graph/onnx/model.ts';
import type { TrainedModel } from '../methods/method.ts';
import { type ModelInfo, readModelInfo } from '../methods/model-info.ts';
import { networkOf } from '../network/export.ts';
import type { TrainedGrid } from '../training/model-grid.ts';
import { type Calibration, readCalibration } from '../uncertainty/calibration.ts';

export interface MappingModel extends TrainedModel {
  /** Name for messages and records: that of a shipped model, or of the file. */
  readonly name: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  readonly info: ModelInfo;
  readonly grid: TrainedGrid;
  /** Absent where the model was not calibrated: then its uncertainty is as the network states it. */
  readonly calibration?: Calibration;
  /** Frees the network; the model cannot be used after. */
  close(): Promise<void>;
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
  const { metadata } = decodeModel(bytes, name);
  const info = readModelInfo(metadata, name);
  const calibration = readCalibration(metadata, name);
  const { divisor } = networkOf(metadata, name);
  const session = await provider.createSession(bytes, options);
  return {
    name,
    sha256: await sha256(bytes),
    info,
    grid: { imageSize: info.imageSize, pixelMm: info.pixelMm, divisor },
    ...(calibration && { calibration }),
    inputs: info.inputs,
    output: info.output,
    session,
    close: () => session.close(),
  };
}
