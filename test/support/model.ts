import { createRandom } from '../../src/core/random.ts';
import { METHODS } from '../../src/methods/index.ts';
import type { LearnedMethod, MethodName } from '../../src/methods/method.ts';
import { type ModelInfo, modelMetadata } from '../../src/methods/model-info.ts';
import { exportInferenceModel } from '../../src/network/export.ts';
import { startingParameters, startingStatistics } from '../../src/network/network.ts';
import { createUnet } from '../../src/network/unet.ts';

interface SmallModelOptions {
  readonly method?: MethodName;
  /** 0: the network corrects nothing and states `scaleMs` everywhere. */
  readonly headGain?: number;
  readonly scaleMs?: number;
  readonly info?: Partial<ModelInfo>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The file of a small untrained network with everything that a trained one's file says. */
export function smallModel(options: SmallModelOptions = {}): Uint8Array {
  const { method: name = 'lbru', headGain = 0, scaleMs = 2, info, metadata } = options;
  const method = METHODS[name] as LearnedMethod;
  const network = createUnet({
    ...{
      inputChannels: method.inputs.length,
      outputChannels: method.outputChannels,
      widths: [4, 8],
      headGain,
    },
    ...(method.outputChannels === 2 && { headBias: [0, Math.log(scaleMs / 40)] }),
  });
  const trained = {
    theta: startingParameters(network, createRandom('small model')),
    statistics: startingStatistics(network),
  };
  const own = modelMetadata({
    ...{ method, inputs: method.inputs, output: 'correction', coarseTslMs: [0, 50], cutoffMs: [25, 65] },
    ...{ imageSize: 32, pixelMm: 1.5, training: null, ...info },
  });
  return exportInferenceModel(network, trained, { metadata: { ...own, ...metadata } });
}
