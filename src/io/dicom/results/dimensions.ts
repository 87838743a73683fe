import { ATTRIBUTES, type Attributes, type WritableKeyword } from '../write/attributes.ts';

/** One way in which the frames of an object differ. */
export interface Dimension {
  readonly attribute: WritableKeyword;
  readonly group: WritableKeyword;
  readonly label: string;
}

/** Slices by their position, in the order of `InStackPositionNumber`. */
export const SLICE_DIMENSION: Dimension = {
  attribute: 'InStackPositionNumber',
  group: 'FrameContentSequence',
  label: 'slice',
};

/** The multi-frame dimension module. */
export function dimensionModule(uid: string, dimensions: readonly Dimension[]): Attributes {
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uid }],
    DimensionIndexSequence: dimensions.map(({ attribute, group, label }) => ({
      DimensionOrganizationUID: uid,
      DimensionIndexPointer: ATTRIBUTES[attribute][0],
      FunctionalGroupPointer: ATTRIBUTES[group][0],
      DimensionDescriptionLabel: label,
    })),
  };
}

/** The frame content macro of slice `k`. */
export const frameContent = (k: number, dimensionIndexValues: readonly number[]): Attributes => ({
  FrameContentSequence: [
    { StackID: '1', InStackPositionNumber: k + 1, DimensionIndexValues: dimensionIndexValues },
  ],
});
