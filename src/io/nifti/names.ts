export const isNiftiName = (name: string): boolean => /\.nii(\.gz)?$/i.test(name);

/** The JSON file that belongs to an image: same name, other ending (BIDS). */
export const sidecarName = (name: string): string => name.replace(/\.nii(\.gz)?$/i, '.json');
