/**
 * Presets: readable JSON files of every parameter with value, unit and source. A file may extend a built-in preset
 * and then names only what it changes. Checked once, here.
 */
import { z } from 'zod';
import { OptionError } from '../core/errors.ts';
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
  const parsed = fileSchema.safeParse(file);
  if (!parsed.success) throw presetError(parsed.error, where);
  const base = parsed.data.extends === undefined ? undefined : builtInPreset(parsed.data.extends);
  const changes = parametersSchema(base === undefined).safeParse(parsed.data.parameters);
  if (!changes.success) throw presetError(changes.error, where);
  const values = Object.fromEntries(
    Object.entries(changes.data).map(([group, entries]) => [
      group,
      Object.fromEntries(Object.entries(entries).map(([name, { value }]) => [name, value])),
    ]),
  );
  return withParameters(base, values, where);
}

/** Some of the parameters, by group. */
export type ParameterChanges = { readonly [G in keyof CohortParameters]?: Partial<CohortParameters[G]> };

/**
 * Parameters with some of them changed, checked again.
 * @throws OptionError as `readPreset`.
 */
export function changeParameters(base: CohortParameters, changes: ParameterChanges): CohortParameters {
  return withParameters(base, changes as Record<string, Record<string, unknown>>, 'parameters');
}

function withParameters(
  base: CohortParameters | undefined,
  changes: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>,
  where: string,
): CohortParameters {
  const merged: Record<string, Record<string, unknown>> = structuredClone(base ?? {}) as never;
  for (const [group, values] of Object.entries(changes)) merged[group] = { ...merged[group], ...values };
  const described = z.safeParse(parametersSchema(true), describeValues(merged));
  if (!described.success) throw presetError(described.error, where);
  const parameters = merged as unknown as CohortParameters;
  assertConsistent(parameters, where);
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

function assertConsistent({ grid, motion, fields }: CohortParameters, where: string): void {
  const problem =
    grid.acquiredColumns > grid.objectMatrix || grid.acquiredRows > grid.objectMatrix
      ? `acquires ${grid.acquiredColumns}×${grid.acquiredRows} from an object of ${grid.objectMatrix}²; the object grid must be finer`
      : grid.acquiredColumns > grid.matrix || grid.acquiredRows > grid.matrix
        ? `acquires ${grid.acquiredColumns}×${grid.acquiredRows} for an image of ${grid.matrix}²; the image matrix must not be smaller`
        : motion.minPixels > motion.maxPixels
          ? 'has motion.minPixels above motion.maxPixels'
          : fields.airPpm === fields.tissuePpm
            ? 'gives air and tissue the same susceptibility'
            : undefined;
  if (problem !== undefined) throw new OptionError('preset/inconsistent', `Preset ${where} ${problem}.`);
}

function presetError(error: z.ZodError, where: string): OptionError {
  const issue = error.issues[0]!;
  const path = issue.path.filter((key) => key !== 'value').join('.');
  const what = path === '' ? '' : `, ${path}`;
  return new OptionError('preset/invalid', `Preset ${where}${what}: ${issue.message}.`, { cause: error });
}
