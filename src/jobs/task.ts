/**
 * One job model for everything that runs over many patients: a graph of idempotent tasks. A task reads declared inputs
 * and makes one output, a file or folder that appears whole. It is done when an output is there that was made from
 * exactly these inputs and options (its stamp) and still has the content that was written (its hash). So any task may
 * be killed at any time, run twice, or run again: the result is the same.
 */
export interface Task {
  /** Unique in its job; names the output. */
  readonly id: string;
  /** Tasks that must be done first. */
  readonly needs: readonly string[];
  /** Identifies inputs and options: a result with another stamp is stale. */
  readonly stamp: string;
  /** What the user gave, for messages. */
  readonly input: string;
  /** What the kind's runner needs besides, as JSON. */
  readonly payload: unknown;
}

/** Why something has no result. */
export interface Failure {
  readonly id: string;
  readonly input: string;
  readonly code: string;
  readonly reason: string;
}

/** What a planner finds: a task, or something that can be none. */
export type Planned =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** Runs tasks of one kind, one after the other. */
export interface Runner {
  /** Makes a task's output. @throws what is wrong with the input; an output is then not there. */
  run(task: Task): Promise<void>;
  /** Where a task's output lies. */
  outputOf(id: string): string;
  close(): Promise<void>;
}

/** Everything that defines a job besides its tasks; stored in its folder, where workers find it. */
export interface JobRecord {
  readonly schemaVersion: 1;
  readonly rhomap: string;
  readonly kind: string;
  /** Options of the kind, as JSON: a folder holds one job, so they do not change. */
  readonly definition: Readonly<Record<string, unknown>>;
}
