import { type Lowering, STANDARD } from '../graph/lowering/lower.ts';
import type { TrainerOptions } from './trainer.ts';

export async function chooseLowering(_options: TrainerOptions): Promise<Lowering> {
  return STANDARD;
}
