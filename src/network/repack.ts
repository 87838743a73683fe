import { decodeModel, encodeModel } from '../graph/onnx/model.ts';
import { withHalfWeights } from './half-weights.ts';

export interface RepackOptions {
  /** Text pairs to add or replace. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** `float16` halves the file; see `exportInferenceModel`. Default: as it is. */
  readonly storage?: 'as-is' | 'float16';
}

/**
 * The file of an exported model with other text pairs or smaller weights; what it computes stays, but for rounding.
 * @param where names the file in messages.
 * @throws FormatError if the file is damaged; OptionError `network/float16-range`.
 */
export function repackModel(
  bytes: Uint8Array,
  where: string,
  { metadata = {}, storage = 'as-is' }: RepackOptions,
): Uint8Array {
  const model = decodeModel(bytes, where);
  const stored = storage === 'float16' ? withHalfWeights(model) : model;
  return encodeModel({ ...stored, metadata: { ...model.metadata, ...metadata } });
}
