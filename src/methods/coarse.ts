import { msFromScaled } from '../training/planes.ts';
import type { FixedMethod } from './method.ts';

/** "Coarse fitting": least squares on the two images, as it is. */
export const coarse: FixedMethod = {
  name: 'coarse',
  title: 'Coarse fitting',
  predict: (planes) => ({ mapMs: planes.coarse.map(msFromScaled) }),
};
