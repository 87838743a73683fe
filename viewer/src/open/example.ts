import type { NamedFile } from '../work/protocol.ts';

/** A virtual patient that comes with the viewer. */
export const exampleFiles = (): NamedFile[] =>
  ['virtual-liver.json', 'virtual-liver.nii.gz'].map((name) => ({
    name,
    bytes: 0,
    from: new URL(`./example/${name}`, location.href).href,
  }));
