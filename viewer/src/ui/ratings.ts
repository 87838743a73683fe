import type { Review } from '../state/view.svelte.ts';

/** A reader's ratings in words. */
export const RATINGS: Readonly<Record<NonNullable<Review['rating']>, string>> = {
  good: 'Good',
  usable: 'Usable with care',
  unusable: 'Not usable',
};
