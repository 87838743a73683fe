/** Which tasks are to do, told from the journal and a look at the outputs; tasks stream through, only those to do are kept. */
import type { Journal } from './journal.ts';
import { isAsMarked } from './output-mark.ts';
import type { Failure, Planned, Task } from './task.ts';

export interface PlanOptions {
  readonly outputOf: (id: string) => string;
  /** Try again what failed before. */
  readonly retryFailed?: boolean;
  /** Read every output again, instead of looking at its record's size and time. */
  readonly verify?: boolean;
}

export interface Plan {
  readonly todo: readonly Task[];
  readonly nDone: number;
  /** What failed before and is not tried again, and what can be no task. */
  readonly failures: readonly Failure[];
  /** Mean of the tasks that are done; absent before the first. */
  readonly secondsPerTask?: number;
}

export async function planJob(
  found: AsyncIterable<Planned> | Iterable<Planned>,
  journal: Journal,
  options: PlanOptions,
): Promise<Plan> {
  const seen = new Map<string, string>();
  const twice = new Map<string, Failure>();
  const todo: Task[] = [];
  const failures: Failure[] = [];
  const done = new Set<string>();
  let seconds = 0;
  for await (const item of found) {
    const { id, input } = item.kind === 'task' ? item.task : item.failure;
    const other = seen.get(id);
    if (other !== undefined) twice.set(id, sameId(id, other, input));
    seen.set(id, input);
    if (item.kind === 'refused') {
      failures.push(item.failure);
      continue;
    }
    const history = journal.get(id);
    const isKnown = history?.stamp === item.task.stamp;
    if (
      isKnown &&
      history.done &&
      isAsMarked(options.outputOf(id), history.done.output, options.verify ?? false)
    ) {
      done.add(id);
      seconds += history.done.seconds;
    } else if (isKnown && history.failed && !history.done && !options.retryFailed)
      failures.push({ id, input, ...history.failed });
    else todo.push(item.task);
  }
  const isTwice = ({ id }: { readonly id: string }): boolean => twice.has(id);
  for (const id of twice.keys()) done.delete(id);
  return {
    todo: todo.filter((task) => !isTwice(task)),
    nDone: done.size,
    failures: [...failures.filter((failure) => !isTwice(failure)), ...twice.values()],
    ...(done.size > 0 && { secondsPerTask: seconds / done.size }),
  };
}

/** None of them can be trusted to be the one that is meant. */
const sameId = (id: string, first: string, second: string): Failure => ({
  ...{ id, input: `${first}; ${second}`, code: 'cohort/two-with-one-id' },
  reason: `${first} and ${second} have the same id; give each its own.`,
});
