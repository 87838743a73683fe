import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createWarningSink } from '../core/warnings.ts';
import { type FitOptionsInput, fitOptionsSchema, resolveFitOptions } from './options.ts';
import { createFitPlan } from './plan.ts';
import { validateTslMs } from './validate-tsl.ts';

const codeOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};

describe('fit options', () => {
  it('fills in the defaults of the parameter', () => {
    expect(resolveFitOptions()).toMatchObject({ method: 'nlls', cutoffMs: [25, 65], smoothingPixels: 0 });
    expect(resolveFitOptions({ parameter: 't2' })).toMatchObject({ cutoffMs: null, boundsMs: [1, 3000] });
    expect(resolveFitOptions({ cutoffMs: null }).cutoffMs).toBeNull();
  });

  it.each([
    ['fit/options', { method: 'magic' }],
    ['fit/options', { boundsMs: [50, 10] }],
    ['fit/options', { noiseFloor: Number.NaN }],
    ['fit/options', { smoothing: 1 }],
    ['fit/noise-sigma', { method: 'rician' }],
  ])('%s: %o', (code, options) => {
    expect(codeOf(() => resolveFitOptions(options as FitOptionsInput))).toBe(code);
  });

  it('describes every option', () => {
    const { properties } = z.toJSONSchema(fitOptionsSchema, { io: 'input' }) as {
      properties: Record<string, { description?: string }>;
    };
    for (const property of Object.values(properties)) expect(property.description).toMatch(/\w/);
    expect(Object.keys(properties).sort()).toEqual(Object.keys(resolveFitOptions()).sort());
  });

  it('needs as many times as the method has parameters', () => {
    const options = resolveFitOptions({ method: 'three-parameter' });
    expect(codeOf(() => createFitPlan([0, 50], options))).toBe('fit/too-few-times');
  });
});

describe('contrast times', () => {
  it.each([
    ['none', [0, 10, 30, 50]],
    ['none', [0, 50]],
    ['tsl/single', [10]],
    ['tsl/repeated', [0, 10, 10, 50]],
    ['tsl/range', [0, 250]],
    ['tsl/range', [-1, 10]],
    ['tsl/range', [0, Number.NaN]],
    ['tsl/seconds', [0, 0.01, 0.03, 0.05]],
  ])('%s: %o', (code, tslMs) => {
    expect(codeOf(() => validateTslMs(tslMs))).toBe(code);
  });

  it('counts images, knows echo times, and warns of order', () => {
    expect(codeOf(() => validateTslMs([0, 50], { nImages: 3 }))).toBe('tsl/count');
    expect(codeOf(() => validateTslMs([12.8, 384], { parameter: 't2' }))).toBe('none');
    const warnings = createWarningSink();
    validateTslMs([50, 0], { warnings });
    expect(warnings.warnings.map((warning) => warning.code)).toEqual(['tsl/unordered']);
  });

  it('says in seconds what it should be in milliseconds', () => {
    expect(() => validateTslMs([0, 0.05])).toThrow('0, 50');
  });
});
