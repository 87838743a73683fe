/** The state that components share, handed down by the component tree. */
import { getContext, setContext } from 'svelte';
import type { Study } from '../study/study.ts';
import type { Rois } from './rois.svelte.ts';
import type { View } from './view.svelte.ts';

export interface Workplace {
  /** Grows while it is mapped, and by comparisons: what shows it must follow. */
  readonly study: Study;
  readonly view: View;
  readonly rois: Rois;
}

const KEY = Symbol('workplace');

export const provideWorkplace = (workplace: Workplace): Workplace => setContext(KEY, workplace);
export const useWorkplace = (): Workplace => getContext<Workplace>(KEY);
