/** The work that speeds are quoted for: the paper's network on full-size slices. */
import type { Network } from '../src/network/network.ts';
import { createUnet } from '../src/network/unet.ts';

export const SIZE = { n: 4, h: 256, w: 256 } as const;

/** LBRU: one map in, a map and log σ out; 1.94 million parameters. */
export const network: Network = createUnet({ inputChannels: 1, outputChannels: 2 });

/**
 * Floating-point operations of all convolutions for one image: two per weight and position. Training needs three times
 * that (output, gradient of the input, gradient of the weights), less the input gradient of the first convolution.
 */
export function convolutionFlop(height: number, width: number): { infer: number; train: number } {
  const pixels = height * width;
  // A layer's level is in its name; `up` reads the level below its own.
  const flop = ({ name, shape }: Network['parameters'][number]): number => {
    if (shape.length !== 4) return 0;
    const level = Number(name.match(/\d+/)?.[0] ?? 0);
    const weights = shape.reduce((product, n) => product * n, 1);
    return (2 * weights * pixels) / 4 ** (name.startsWith('up') ? level + 1 : level);
  };
  const infer = network.parameters.reduce((sum, parameter) => sum + flop(parameter), 0);
  return { infer, train: 3 * infer - flop(network.parameters[0]!) };
}

/** Arbitrary numbers of the right size; speed does not depend on them. */
export function arbitrary(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898) * 1.4);
}
