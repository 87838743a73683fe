import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OptionError } from '../core/errors.ts';
import { addSchemaOptions, parseSchemaOptions } from './schema-options.ts';

const schema = z.strictObject({
  nSteps: z.number().int().min(1).default(6).describe('how many'),
  rate: z.number().positive().nullable().default(null).describe('how fast'),
  rangeMs: z.tuple([z.number(), z.number()]).optional().describe('from where to where'),
  kind: z.enum(['fine', 'rough']).default('fine').describe('how'),
  keepsAll: z.boolean().default(true).describe('keep'),
});

function parse(...argv: string[]): z.infer<typeof schema> {
  const command = new Command('x').exitOverride().configureOutput({ writeErr: () => {} });
  addSchemaOptions(command, schema);
  return parseSchemaOptions(schema, command.parse(argv, { from: 'user' }).opts()) as z.infer<typeof schema>;
}

describe('flags from a schema', () => {
  it('have its names and defaults', () => {
    expect(parse()).toEqual({ nSteps: 6, rate: null, kind: 'fine', keepsAll: true });
    expect(parse('--n-steps', '3', '--rate', '0.5', '--range-ms', '1,20', '--no-keeps-all')).toEqual({
      nSteps: 3,
      rate: 0.5,
      rangeMs: [1, 20],
      kind: 'fine',
      keepsAll: false,
    });
    expect(parse('--rate', 'none').rate).toBeNull();
  });

  it.each([
    [['--n-steps', 'many'], '--n-steps: expected a number, got many.'],
    [['--n-steps', '1.5'], '--n-steps: expected a whole number, got 1.5.'],
    [['--n-steps', '0'], '--n-steps: expected a number from 1, got 0.'],
    [['--rate', '-1'], '--rate: expected a number above 0, got -1.'],
    [['--range-ms', '1'], '--range-ms: expected at least 2 numbers, got 1.'],
    [['--range-ms', '1,a'], '--range-ms: expected a number, got 1,a.'],
  ])('%j is refused in words', (argv, message) => {
    expect(() => parse(...argv)).toThrow(OptionError);
    expect(() => parse(...argv)).toThrow(message);
  });
});
