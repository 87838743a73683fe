import type { ExperimentTask } from '../pipeline/experiment/plan.ts';
import type { StepRecord } from '../training/train.ts';
import type { Progress, Terminal } from './terminal.ts';

/** Shows which task runs, how far its training is and how long it will take. */
export interface TrainingProgress {
  onTask(task: ExperimentTask, index: number, total: number): void;
  onStep(task: ExperimentTask, record: StepRecord): void;
  end(): void;
}

export function trainingProgress(terminal: Terminal, nSteps: number): TrainingProgress {
  let bar: Progress | undefined;
  return {
    onTask: (task, index, total) => {
      bar?.end();
      terminal.info(`task ${index + 1} of ${total}: ${task.id}`);
      bar = terminal.progress(task.id, nSteps);
    },
    onStep: (_, { step, validation, msPerStep }) => {
      bar?.advance(step);
      if (validation === undefined) return;
      const left = ((nSteps - step) * msPerStep) / 60_000;
      terminal.info(
        `  step ${step}: validation ${validation.toFixed(5)}, at most ${left.toFixed(0)} min left`,
      );
    },
    end: () => bar?.end(),
  };
}
