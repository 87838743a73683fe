import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withOwnNames } from './dropped-files.ts';

it('gives each file a name of its own, keeps its ending, and leaves names alone that are so already', () => {
  const names = fc.array(fc.constantFrom('a.dcm', 'b.nii', 'IMG/1', 'IMG/2', '(2) a.dcm'));
  fc.assert(
    fc.property(names, (given) => {
      const named = withOwnNames(given.map((name) => ({ name, bytes: 0, from: '' })));
      expect(new Set(named.map(({ name }) => name)).size).toBe(given.length);
      named.forEach(({ name }, i) => {
        expect(name.endsWith(given[i]!)).toBe(true);
      });
      expect(named.map(({ name }) => name)).toEqual(
        new Set(given).size === given.length ? given : expect.anything(),
      );
    }),
  );
});
