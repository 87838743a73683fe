/** Time is milliseconds inside rhomap; seconds exist only at the borders (DICOM, BIDS), through these two. */
export const msFromSeconds = (seconds: number): number => seconds * 1000;
export const secondsFromMs = (ms: number): number => ms / 1000;
