/** The parts of rhomap that need Node. */
export { type OutputFolder, openOutputFolder, withOutputFolder } from './output-folder.ts';
export { nodeSessionProvider } from './session.ts';
export { findSources, inputRecord } from './sources.ts';
