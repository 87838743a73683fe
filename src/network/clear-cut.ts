/**
 * Weights with which a training step has no close calls. A ReLU whose input is within rounding of zero may open in one
 * correct computation and not in another, and moves the gradient of a small batch by 1e-4 to 1e-2; two computations can
 * be compared to rounding only where that does not happen. So every normalised channel is moved away from zero.
 */
import type { Random } from '../core/random.ts';
import { type Network, parametersByName, startingParameters } from './network.ts';

/** In standard deviations of a channel: one number in 7,000 of a normal distribution is near enough to zero to matter. */
const DISTANCE = 4;
/** One channel in so many is moved below zero instead of above it, so that masks have both values. */
const CLOSED_EVERY = 4;

/** Starting weights, but for the biases of batch normalisations: ReLU is all but always open, or all but always closed. */
export function clearCutParameters(network: Network, random: Random): Float32Array {
  const theta = startingParameters(network, random);
  const parameters = parametersByName(network, theta);
  for (const { name } of network.norms)
    parameters.get(`${name}.bias`)!.forEach((_, channel, bias) => {
      bias[channel] = channel % CLOSED_EVERY === CLOSED_EVERY - 1 ? -DISTANCE : DISTANCE;
    });
  return theta;
}
