/** The parts of rhomap that need Node. */
export { type FitPoolSettings, fitSeriesOnThreads } from './fit-pool.ts';
export {
  assertOutputFolder,
  type OutputFolder,
  type OutputFolderOptions,
  openOutputFolder,
  withOutputFolder,
} from './output-folder.ts';
export { nodeSessionProvider } from './session.ts';
export { findSources, inputRecord } from './sources.ts';
