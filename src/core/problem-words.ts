/** What a schema found wrong, in words for whoever typed the value. */
import type { z } from 'zod';

/** What was expected and what came: `expected a number from 1, got 0`. */
export function problemWords(issue: z.core.$ZodIssue, given: unknown): string {
  const got = given === undefined || typeof given === 'object' ? '' : `, got ${String(given)}`;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPE_WORDS[issue.expected] ?? issue.expected}${got}`;
    case 'too_small':
    case 'too_big':
      return `expected ${limitWords(issue)}${got}`;
    case 'invalid_value':
      return `expected one of ${issue.values.join(', ')}${got}`;
    case 'unrecognized_keys':
      return `there is no ${issue.keys.join(', ')}`;
    default:
      return `${issue.message}${got}`;
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  tuple: 'numbers separated by commas',
  array: 'numbers separated by commas',
};

function limitWords(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const isLow = issue.code === 'too_small';
  const limit = isLow ? issue.minimum : issue.maximum;
  if (issue.origin === 'array') return `${isLow ? 'at least' : 'at most'} ${limit} numbers`;
  if (issue.inclusive === false) return `a number ${isLow ? 'above' : 'below'} ${limit}`;
  return `a number ${isLow ? 'from' : 'up to'} ${limit}`;
}
