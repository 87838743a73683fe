import type { Value } from '../value.ts';
import type { ModelEmitter } from './emitter.ts';
export function lowerBlocked(
  _emitter: ModelEmitter,
  _outputs: readonly Value[],
  _block: number,
): (value: Value) => string {
  throw new Error('not yet');
}
