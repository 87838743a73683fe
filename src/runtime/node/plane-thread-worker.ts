/** The thread behind `plane-thread.ts`: a step's number comes in, its planes go out. */
import { parentPort, workerData } from 'node:worker_threads';
import { createPlaneStream } from '../../training/plane-stream.ts';
import type { PlaneThreadAnswer, PlaneThreadData } from './plane-thread.ts';

const { slices, options } = workerData as PlaneThreadData;
const stream = createPlaneStream(slices, options);

parentPort!.on('message', async (step: number) => {
  const planes = await stream.planes(step);
  const answer: PlaneThreadAnswer = { step, planes };
  // The images of a slice are two views of one buffer: each buffer once.
  const buffers = new Set(
    planes.flatMap((plane) => Object.values(plane).map(({ buffer }) => buffer as ArrayBuffer)),
  );
  parentPort!.postMessage(answer, [...buffers]);
});
