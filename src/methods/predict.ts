import type { Tensor } from '../core/session.ts';
import { IMAGE_INPUT, IMAGE_OUTPUT } from '../network/export.ts';
import { stackInputs } from '../training/batches.ts';
import { type InputPlanes, msFromScaled, msSpanFromScaled } from '../training/planes.ts';
import type { Prediction, TrainedModel } from './method.ts';

/** Outputs of a network for slices of one size: the scaled map and, where it has one, S, `[row, column]` each. */
export interface NetworkOutput {
  readonly map: Float32Array;
  readonly logScale?: Float32Array;
}

/** Runs a trained network on the planes of one or more slices of one size. */
export async function runNetwork(
  model: TrainedModel,
  planes: readonly InputPlanes[],
  nRows: number,
  nColumns: number,
): Promise<NetworkOutput[]> {
  const nPixels = nRows * nColumns;
  const image: Tensor<'float32'> = {
    type: 'float32',
    dims: [planes.length, model.inputs.length, nRows, nColumns],
    data: stackInputs(planes, model.inputs),
  };
  const output = (await model.session.run({ [IMAGE_INPUT]: image }))[IMAGE_OUTPUT]!;
  const channels = output.dims[1]!;
  const data = output.data as Float32Array;
  return planes.map((plane, n) => {
    const channel = (c: number): Float32Array =>
      data.slice((n * channels + c) * nPixels, (n * channels + c + 1) * nPixels);
    const map = channel(0);
    if (model.output === 'correction') for (let p = 0; p < nPixels; p++) map[p]! += plane.coarse[p]!;
    return channels > 1 ? { map, logScale: channel(1) } : { map };
  });
}

/** A network's prediction of one slice in ms. */
export async function predictSlice(
  model: TrainedModel,
  planes: InputPlanes,
  nRows: number,
  nColumns: number,
): Promise<Prediction> {
  const [{ map, logScale }] = (await runNetwork(model, [planes], nRows, nColumns)) as [NetworkOutput];
  // The network's output is nobody else's: it becomes ms in place.
  for (let p = 0; p < map.length; p++) map[p] = msFromScaled(map[p]!);
  if (!logScale) return { mapMs: map };
  for (let p = 0; p < logScale.length; p++) logScale[p] = msSpanFromScaled(Math.exp(logScale[p]!));
  return { mapMs: map, scaleMs: logScale };
}
