/** The maps of a study as NIfTI files in a zip, named as the command line names them. */
import { zipSync } from 'fflate';
import { VERSION, VOXEL_STATUS_NAMES, writeNifti } from '../../../src/index.ts';
import type { Study } from '../study/study.ts';

export function mapsZip({ grid, orientation, layers, main }: Study): Uint8Array {
  const nifti = (values: Float32Array | Uint8Array, content: string): Uint8Array =>
    writeNifti({ grid, values, orientation, description: `rhomap ${VERSION} ${content}` });
  const files = layers
    .filter(({ id }) => !id.startsWith('image-'))
    .map(({ map }) => [
      `${map.name}${map.unit === '1' ? '' : `_${map.unit}`}.nii.gz`,
      nifti(map.values, map.name),
    ]);
  const codes = VOXEL_STATUS_NAMES.map((name, code) => `${code} ${name}`).join('\n');
  return zipSync(
    {
      ...Object.fromEntries(files),
      'status.nii.gz': nifti(main.status, 'status codes'),
      'status.txt': new TextEncoder().encode(`${codes}\n`),
    },
    { level: 0, mtime: '1980-01-01' },
  );
}
