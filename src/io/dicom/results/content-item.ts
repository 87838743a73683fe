/** Content items of structured reports (PS3.3, C.17.3), each a data set with its relationship to the one that holds it. */
import type { Attributes } from '../write/attributes.ts';
import { CODES, type Code, codeItem, codeSequence } from './codes.ts';

export type Relationship = 'CONTAINS' | 'HAS OBS CONTEXT' | 'HAS CONCEPT MOD' | 'HAS PROPERTIES';

const item = (
  RelationshipType: Relationship,
  ValueType: string,
  name: Code | undefined,
  value: Attributes,
): Attributes => ({
  RelationshipType,
  ValueType,
  ...(name && { ConceptNameCodeSequence: codeSequence(name) }),
  ...value,
});

/** `children` are left out where there are none. */
const content = (children: readonly Attributes[]): Attributes =>
  children.length > 0 ? { ContentSequence: children } : {};

export const container = (name: Code, children: readonly Attributes[]): Attributes =>
  item('CONTAINS', 'CONTAINER', name, { ContinuityOfContent: 'SEPARATE', ...content(children) });

export const codeContent = (relationship: Relationship, name: Code, value: Code): Attributes =>
  item(relationship, 'CODE', name, { ConceptCodeSequence: [codeItem(value)] });

export const textContent = (relationship: Relationship, name: Code, value: string): Attributes =>
  item(relationship, 'TEXT', name, { TextValue: value });

export const uidContent = (relationship: Relationship, name: Code, value: string): Attributes =>
  item(relationship, 'UIDREF', name, { UID: value });

export const imageContent = (name: Code | undefined, reference: Attributes): Attributes =>
  item('CONTAINS', 'IMAGE', name, { ReferencedSOPSequence: [reference] });

export interface NumberContent {
  readonly name: Code;
  readonly value: number;
  readonly unit: Code;
  /** Mean, median, …: which number of many. */
  readonly derivation?: Code;
}

/** A number: exact as a float, and as a decimal string for readers that know no other. */
export const numberContent = ({ name, value, unit, derivation }: NumberContent): Attributes =>
  item('CONTAINS', 'NUM', name, {
    MeasuredValueSequence: [
      { NumericValue: value, FloatingPointValue: value, MeasurementUnitsCodeSequence: codeSequence(unit) },
    ],
    ...content(derivation ? [codeContent('HAS CONCEPT MOD', CODES.derivation, derivation)] : []),
  });
