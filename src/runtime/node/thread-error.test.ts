import { describe, expect, it } from 'vitest';
import { EnvironmentError, FormatError, OptionError, RhomapError } from '../../core/errors.ts';
import { packError, unpackError } from './thread-error.ts';

const sent = (error: unknown): Error => unpackError(structuredClone(packError(error)));

describe('errors from threads', () => {
  it.each([
    new OptionError('option/invalid', 'no'),
    new EnvironmentError('output/unwritable', 'the disk is full'),
    new FormatError('nifti/truncated', 'a.nii', 'ends early'),
    new RhomapError('x/y', 'z'),
    new TypeError('a fault of ours'),
  ])('%s keeps its class, code, message and stack', (error) => {
    const back = sent(error);
    expect(back.message).toBe(error.message);
    expect(back.stack).toBe(error.stack);
    if (!(error instanceof RhomapError)) return;
    expect(back.constructor).toBe(error.constructor);
    expect(back).toMatchObject({ code: error.code });
    if (error instanceof FormatError) expect(back).toMatchObject({ where: 'a.nii' });
  });

  it('what is thrown and is no error becomes one', () => {
    expect(sent('oops').message).toBe('oops');
  });
});
