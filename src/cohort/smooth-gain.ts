import type { Random } from '../core/random.ts';
import type { SpatialFunction } from './plane.ts';

const N_WAVES = 12;
const SHORTEST_MM = 100;
const LONGEST_MM = 350;

/** A random function of zero mean and unit SD that varies over centimetres: a sum of plane waves. */
export function drawSmoothFunction(random: Random): SpatialFunction {
  const waves = Array.from({ length: N_WAVES }, () => {
    const direction = 2 * Math.PI * random.uniform();
    const k = (2 * Math.PI) / (SHORTEST_MM + (LONGEST_MM - SHORTEST_MM) * random.uniform());
    return {
      kx: k * Math.cos(direction),
      ky: k * Math.sin(direction),
      phase: 2 * Math.PI * random.uniform(),
    };
  });
  const amplitude = Math.sqrt(2 / N_WAVES);
  return (x, y) => {
    let sum = 0;
    for (const { kx, ky, phase } of waves) sum += Math.cos(kx * x + ky * y + phase);
    return amplitude * sum;
  };
}
