/** The state that components share, handed down by the component tree. */
import { getContext, setContext } from 'svelte';
import type { Study } from '../study/study.ts';
import type { Rois } from './rois.svelte.ts';
import type { View } from './view.svelte.ts';

export interface Workplace {
  readonly study: Study;
  readonly view: View;
  readonly rois: Rois;
}

const KEY = Symbol('workplace');

export const provideWorkplace = (workplace: Workplace): Workplace => setContext(KEY, workplace);
export const useWorkplace = (): Workplace => getContext<Workplace>(KEY);
