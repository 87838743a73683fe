/** Which rule takes an image, by what the image says of itself. */
import { createHash } from 'node:crypto';
import type { DicomImage } from '../../io/dicom/image.ts';

/** The attributes that rules look at. */
const FIELDS = ['seriesDescription', 'protocolName', 'sequenceName', 'manufacturer'] as const;
type Field = (typeof FIELDS)[number];
export type Match = { readonly [K in Field]?: string | undefined };
export type Described = Partial<Pick<DicomImage, Field>>;

/** @returns undefined for what is no regular expression. */
export function regexOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'iu');
  } catch {
    return undefined;
  }
}

/** The first rule that an image fits. @param fields those that are known; others count as fitting. */
export const ruleFor = <R extends { readonly match: Match }>(
  rules: readonly R[],
  image: Described,
  fields: readonly Field[] = FIELDS,
): R | undefined =>
  rules.find(({ match }) =>
    fields.every((field) => match[field] === undefined || regexOf(match[field])!.test(image[field] ?? '')),
  );

/** Names a UID in logs without giving it away. */
export const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 12);
