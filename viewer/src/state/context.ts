/** The state that components share, handed down by the component tree. */
import { getContext, setContext } from 'svelte';
import type { Refinement } from '../study/refine.ts';
import type { Study } from '../study/study.ts';
import type { Rois } from './rois.svelte.ts';
import type { View } from './view.svelte.ts';

export interface Workplace {
  readonly study: Study;
  readonly view: View;
  readonly rois: Rois;
  /** What the threshold takes out of the regions; nothing where there is no threshold. */
  readonly refinement: Refinement | undefined;
}

const KEY = Symbol('workplace');

export const provideWorkplace = (workplace: Workplace): Workplace => setContext(KEY, workplace);
export const useWorkplace = (): Workplace => getContext<Workplace>(KEY);
