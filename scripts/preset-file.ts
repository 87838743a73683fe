/** Preset files for `rhomap simulate --preset-file`: what differs from a built-in preset. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const PAPER = resolve(import.meta.dirname, '../src/cohort/presets/paper.json');

export interface PresetChanges {
  readonly name: string;
  readonly description: string;
  /** The built-in preset that holds where nothing is changed. */
  readonly base: string;
  /** Values by group and name. */
  readonly changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Why, for every changed value. */
  readonly source: string;
}

/** Units are those of the preset that has every parameter. */
export function presetFile({ name, description, base, changes, source }: PresetChanges): unknown {
  const { parameters: paper } = JSON.parse(readFileSync(PAPER, 'utf8')) as {
    parameters: Record<string, Record<string, { unit: string }>>;
  };
  const parameters = Object.fromEntries(
    Object.entries(changes).map(([group, values]) => [
      group,
      Object.fromEntries(
        Object.entries(values).map(([key, value]) => [
          key,
          { value, unit: paper[group]![key]!.unit, source },
        ]),
      ),
    ]),
  );
  return { schemaVersion: 1, name, description, extends: base, parameters };
}
