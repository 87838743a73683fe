/**
 * Labels while a plane is being painted: the tissues, and parts of the body's cavity that organs may claim. What no
 * organ claims becomes fat.
 */
import { TISSUE_INDEX, TISSUES } from '../scene.ts';
import { type LabelSet, labelSet } from './raster.ts';

/** Cavity codes lie above all tissue indices. */
export const CAVITY = 32;
/** Below the diaphragm: where abdominal organs may be. */
export const ABDOMEN = 33;

/** The diaphragm where it parts abdomen and lung. */
export const DIAPHRAGM = 34;
/** The stomach's wall, before its contents are painted. */
export const STOMACH_WALL = 35;

/** A hollow organ's contents; fluid unless something else is painted. */
export const LUMEN = 36;

const TISSUE_OF_CODE: ReadonlyMap<number, number> = new Map([
  [DIAPHRAGM, TISSUE_INDEX.muscle],
  [STOMACH_WALL, TISSUE_INDEX.bowel],
  [LUMEN, TISSUE_INDEX.fluid],
]);

/** Turns painted labels into tissue indices. */
export const TISSUE_OF_LABEL: Uint8Array = Uint8Array.from({ length: 256 }, (_, label) =>
  label < TISSUES.length ? label : (TISSUE_OF_CODE.get(label) ?? TISSUE_INDEX.fat),
);

export const T: typeof TISSUE_INDEX = TISSUE_INDEX;

export const ONTO_ABDOMEN: LabelSet = labelSet(ABDOMEN);
