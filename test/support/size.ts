/** Sizes of tests: small in `npm test`, full with RHOMAP_FULL=1 (`npm run test:full`). */
export const isFull: boolean = process.env['RHOMAP_FULL'] === '1';

export const sized = (small: number, full: number): number => (isFull ? full : small);

/** For titles, `[500,000 files]`: the log of a full run (`scripts/test-full.ts`) says what was run at which size. */
export const sizeTag = (n: number, what: string): string => `[${n.toLocaleString('en')} ${what}]`;

export const SIZE_TAG: RegExp = /\[([\d,]+ [a-z ]+)\]/g;
