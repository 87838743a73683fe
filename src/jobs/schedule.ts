/**
 * The order in which a graph of tasks can run: a task is ready when everything it needs is done; what needs a failed one
 * never is. Linear in tasks and edges.
 */
import { OptionError } from '../core/errors.ts';

interface Node {
  readonly id: string;
  readonly needs: readonly string[];
}

export interface Schedule<T extends Node> {
  /** The next task that can run, in the order given; `undefined` where all wait, or none is left. */
  next(): T | undefined;
  /** Tells how a task ended. Returns the tasks that can never run because of it. */
  finish(task: T, isDone: boolean): T[];
  /** Tasks that have neither run nor been given up. */
  readonly nWaiting: number;
}

/**
 * A need that is no task of the graph counts as done: planning has left out what is.
 * @throws OptionError `jobs/cycle` where tasks wait for each other.
 */
export function createSchedule<T extends Node>(tasks: readonly T[]): Schedule<T> {
  const numbers = new Map(tasks.map(({ id }, i) => [id, i]));
  const nMissing = new Int32Array(tasks.length);
  const dependents = new Map<number, number[]>();
  tasks.forEach(({ needs }, i) => {
    for (const need of needs) {
      const n = numbers.get(need);
      if (n === undefined) continue;
      nMissing[i]!++;
      const waiting = dependents.get(n);
      if (waiting) waiting.push(i);
      else dependents.set(n, [i]);
    }
  });
  assertNoCycle(nMissing.slice(), dependents);
  const ready = [...tasks.keys()].filter((i) => nMissing[i] === 0);
  let [at, nWaiting] = [0, tasks.length];
  const giveUp = (number: number): T[] =>
    (dependents.get(number) ?? []).flatMap((i) => {
      if (nMissing[i]! < 0) return [];
      nMissing[i] = -1;
      nWaiting--;
      return [tasks[i]!, ...giveUp(i)];
    });
  return {
    next: () => {
      if (at === ready.length) return undefined;
      nWaiting--;
      return tasks[ready[at++]!];
    },
    finish: (task, isDone) => {
      const number = numbers.get(task.id)!;
      if (!isDone) return giveUp(number);
      for (const i of dependents.get(number) ?? []) if (--nMissing[i]! === 0) ready.push(i);
      return [];
    },
    get nWaiting() {
      return nWaiting;
    },
  };
}

function assertNoCycle(nMissing: Int32Array, dependents: ReadonlyMap<number, readonly number[]>): void {
  const ready = [...nMissing.keys()].filter((i) => nMissing[i] === 0);
  for (let at = 0; at < ready.length; at++)
    for (const i of dependents.get(ready[at]!) ?? []) if (--nMissing[i]! === 0) ready.push(i);
  if (ready.length < nMissing.length)
    throw new OptionError('jobs/cycle', `${nMissing.length - ready.length} tasks wait for each other.`);
}
