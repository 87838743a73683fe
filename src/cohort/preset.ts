/**
 * Presets: readable JSON files of every parameter with value, unit and source. A file may extend a built-in preset
 * and then names only what it changes. Checked once, here.
 */
import { z } from 'zod';
import { OptionError } from '../core/errors.ts';
import { problemWords } from '../core/problem-words.ts';
import { type CohortParameters, parametersSchema } from './parameters.ts';
import easy from './presets/easy.json' with { type: 'json' };
import hard from './presets/hard.json' with { type: 'json' };
import paper from './presets/paper.json' with { type: 'json' };

export const PRESET_NAMES = ['paper', 'easy', 'hard'] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

/** A preset file: complete, or changes to the one it extends. */
export interface PresetFile {
  readonly schemaVersion: number;
  readonly name: string;
  readonly description: string;
  readonly extends?: string;
  readonly parameters: unknown;
}

const BUILT_IN: Readonly<Record<PresetName, PresetFile>> = { paper, easy, hard };

const fileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string().min(1),
  description: z.string(),
  extends: z.enum(PRESET_NAMES).optional(),
  parameters: z.unknown(),
});

/** Parameters of a built-in preset. */
export const builtInPreset = (name: PresetName): CohortParameters => readPreset(BUILT_IN[name], name);

/**
 * Checks a preset file and resolves what it extends. `where` names it in messages.
 * @throws OptionError `preset/invalid` naming the parameter and what it expects; `preset/inconsistent` if parameters
 * contradict each other.
 */
export function readPreset(file: unknown, where: string): CohortParameters {
  const subject: Subject = (path) => (path === '' ? where : `${where}: ${path}`);
  const parsed = fileSchema.safeParse(file);
  if (!parsed.success) throw presetError(parsed.error, file, subject);
  const base = parsed.data.extends === undefined ? undefined : builtInPreset(parsed.data.extends);
  const given = parsed.data.parameters;
  const changes = parametersSchema(base === undefined).safeParse(given);
  if (!changes.success) throw presetError(changes.error, given, subject);
  const values = Object.fromEntries(
    Object.entries(changes.data).map(([group, entries]) => [
      group,
      Object.fromEntries(Object.entries(entries).map(([name, { value }]) => [name, value])),
    ]),
  );
  return withParameters(base, values, subject);
}

/** Some of the parameters, by group. */
export type ParameterChanges = { readonly [G in keyof CohortParameters]?: Partial<CohortParameters[G]> };

/**
 * Parameters with some of them changed, checked again. `flag` names what the user typed, where it was a flag.
 * @throws OptionError as `readPreset`.
 */
export function changeParameters(
  base: CohortParameters,
  changes: ParameterChanges,
  flag?: string,
): CohortParameters {
  const subject: Subject = (path) => flag ?? (path || 'parameters');
  return withParameters(base, changes as Record<string, Record<string, unknown>>, subject);
}

/** What a message is about: the parameter at `path` (`noise.snr`; empty: all of them). */
type Subject = (path: string) => string;

function withParameters(
  base: CohortParameters | undefined,
  changes: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>,
  subject: Subject,
): CohortParameters {
  const merged: Record<string, Record<string, unknown>> = structuredClone(base ?? {}) as never;
  for (const [group, values] of Object.entries(changes)) merged[group] = { ...merged[group], ...values };
  const described = describeValues(merged);
  const checked = z.safeParse(parametersSchema(true), described);
  if (!checked.success) throw presetError(checked.error, described, subject);
  const parameters = merged as unknown as CohortParameters;
  assertConsistent(parameters, subject);
  return parameters;
}

/** Values in the shape of a preset file, to be checked by the same schema. */
function describeValues(values: Record<string, Record<string, unknown>>): unknown {
  const units = paper.parameters as unknown as Record<string, Record<string, { unit: string }>>;
  return Object.fromEntries(
    Object.entries(values).map(([group, entries]) => [
      group,
      Object.fromEntries(
        Object.entries(entries).map(([name, value]) => [
          name,
          { value, unit: units[group]?.[name]?.unit ?? '?', source: 'given' },
        ]),
      ),
    ]),
  );
}

function assertConsistent({ grid, motion, fields }: CohortParameters, subject: Subject): void {
  const problem =
    grid.acquiredColumns > grid.objectMatrix || grid.acquiredRows > grid.objectMatrix
      ? `${grid.acquiredColumns}×${grid.acquiredRows} points are acquired from an object of ${grid.objectMatrix}²; the object grid must be finer`
      : grid.acquiredColumns > grid.matrix || grid.acquiredRows > grid.matrix
        ? `${grid.acquiredColumns}×${grid.acquiredRows} points are acquired for an image of ${grid.matrix}²; the image matrix must not be smaller`
        : motion.minPixels > motion.maxPixels
          ? 'motion.minPixels is above motion.maxPixels'
          : fields.airPpm === fields.tissuePpm
            ? 'air and tissue have the same susceptibility'
            : undefined;
  if (problem !== undefined) throw new OptionError('preset/inconsistent', `${subject('')}: ${problem}.`);
}

function presetError(error: z.ZodError, input: unknown, subject: Subject): OptionError {
  const issue = error.issues[0]!;
  const given = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], input);
  const path = issue.path.filter((key) => key !== 'value').join('.');
  return new OptionError('preset/invalid', `${subject(path)}: ${problemWords(issue, given)}.`, {
    cause: error,
  });
}
