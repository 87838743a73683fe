import { type Command, Option } from 'commander';
import { z } from 'zod';
import { OptionError } from '../core/errors.ts';
import { problemWords } from '../core/problem-words.ts';

/**
 * Flags from the options record of a step: one `--kebab-case` flag per field, with the field's description, choices
 * and default, so that flags, checks and help cannot drift from the library.
 * `true`/`false` fields become `--flag` or, where the default is true, `--no-flag`; lists are written `0,10,30,50`, no value `none`.
 */
export function addSchemaOptions(command: Command, schema: z.ZodType): void {
  for (const [name, field] of Object.entries(shapeOf(schema)))
    command.addOption(flagFor(name, field as z.ZodType));
}

/** The fields of an options record; every options schema is an object. */
function shapeOf(schema: z.ZodType): z.ZodObject['shape'] {
  if (schema instanceof z.ZodObject) return schema.shape;
  throw new Error('An options schema must be an object.');
}

function flagFor(name: string, field: z.ZodType): Option {
  const { inner, defaultValue } = unwrap(field);
  const flag = kebab(name);
  const description = field.description ?? inner.description ?? '';
  if (inner instanceof z.ZodBoolean)
    return new Option(defaultValue === true ? `--no-${flag}` : `--${flag}`, description);
  const option = new Option(`--${flag} <${placeholder(inner)}>`, description);
  if (inner instanceof z.ZodEnum) option.choices(inner.options.map(String));
  if (defaultValue !== undefined && defaultValue !== null) {
    // Commander's own default would hide whether the user gave the flag; the schema applies it.
    const shown = Array.isArray(defaultValue) ? defaultValue.join(',') : String(defaultValue);
    option.description += ` (default: ${shown})`;
  }
  return option;
}

/**
 * Parses the flags that `addSchemaOptions` declared.
 * @throws OptionError naming the flag and what it expects.
 */
export function parseSchemaOptions<T>(schema: z.ZodType<T>, flags: Readonly<Record<string, unknown>>): T {
  const raw: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(shapeOf(schema)))
    if (flags[name] !== undefined) raw[name] = fromText(flags[name], field as z.ZodType);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const name = String(issue.path[0] ?? '');
  throw new OptionError('option/invalid', `--${kebab(name)}: ${problemWords(issue, flags[name])}.`, {
    cause: parsed.error,
  });
}

/** The word for "no value" on the command line, where a field may be `null`. */
const NONE = 'none';

function fromText(value: unknown, field: z.ZodType): unknown {
  if (typeof value !== 'string') return value;
  if (value === NONE && field.safeParse(null).success) return null;
  const { inner } = unwrap(field);
  if (inner instanceof z.ZodNumber) return toNumber(value);
  if (inner instanceof z.ZodArray || inner instanceof z.ZodTuple)
    return value.split(',').map((part) => (part.trim() === '' ? part : toNumber(part)));
  return value;
}

/** A number where the text is one; else the text, for the schema to complain about. */
const toNumber = (text: string): number | string =>
  text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;

function placeholder(inner: z.ZodType): string {
  if (inner instanceof z.ZodNumber) return 'number';
  if (inner instanceof z.ZodArray || inner instanceof z.ZodTuple) return 'numbers';
  return 'value';
}

function unwrap(field: z.ZodType): { inner: z.ZodType; defaultValue: unknown } {
  if (field instanceof z.ZodDefault) {
    const below = unwrap(field.unwrap() as z.ZodType);
    return { inner: below.inner, defaultValue: field.def.defaultValue };
  }
  if (field instanceof z.ZodOptional || field instanceof z.ZodNullable)
    return unwrap(field.unwrap() as z.ZodType);
  return { inner: field, defaultValue: undefined };
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
