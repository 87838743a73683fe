/** An experiment as a list of tasks: which method on which fold, and what each needs first. */
import { OptionError } from '../../core/errors.ts';
import { METHODS } from '../../methods/index.ts';
import { isLearned, type MethodName } from '../../methods/method.ts';

export interface ExperimentTask {
  /** Folder of the task: `fold-1/lbru`. */
  readonly id: string;
  readonly method: MethodName;
  /** Counted from 0. */
  readonly fold: number;
  /** Tasks whose model it needs. */
  readonly needs: readonly string[];
}

export const taskId = (fold: number, method: MethodName): string => `fold-${fold + 1}/${method}`;

/**
 * Methods that others wait for come first, so that an experiment that is stopped early has the most to show.
 */
const ORDER: readonly MethodName[] = ['coarse', 'bm3d', 'lbru', 'lbudr', 'lbr', 'lbmc', 'lbri'];

export function createTask(name: MethodName, fold: number): ExperimentTask {
  const method = METHODS[name];
  const needs = isLearned(method) ? method.needs.map((needed) => taskId(fold, needed)) : [];
  return { id: taskId(fold, name), method: name, fold, needs };
}

/**
 * @throws OptionError `experiment/needs` if a method is asked for without the one it needs.
 */
export function planExperiment(methods: readonly MethodName[], nFolds: number): ExperimentTask[] {
  return ORDER.filter((name) => methods.includes(name)).flatMap((name) => {
    const method = METHODS[name];
    const needs = isLearned(method) ? method.needs : [];
    const missing = needs.find((needed) => !methods.includes(needed));
    if (missing) throw new OptionError('experiment/needs', `${name} needs ${missing}; add it to --methods.`);
    return Array.from({ length: nFolds }, (_, fold) => createTask(name, fold));
  });
}
