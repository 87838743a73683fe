/** Where the built viewer lies. In a clone it is built on first use, with the clone's own Vite. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { EnvironmentError } from '../../core/errors.ts';

/**
 * @param onBuild told before the viewer is built, which takes some seconds.
 * @throws EnvironmentError `view/not-built`.
 */
export async function viewerFolder(onBuild: () => void): Promise<string> {
  const isSource = import.meta.filename.endsWith('.ts');
  const root = resolve(import.meta.dirname, '../../..');
  const folder = isSource ? join(root, 'dist/viewer') : resolve(import.meta.dirname, '../../viewer');
  if (existsSync(join(folder, 'index.html'))) return folder;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  if (!isSource || !existsSync(vite))
    throw new EnvironmentError('view/not-built', `The viewer is not in ${folder}; run npm run build.`);
  onBuild();
  try {
    await promisify(execFile)(process.execPath, [vite, 'build', 'viewer'], { cwd: root });
  } catch (cause) {
    throw new EnvironmentError(
      'view/not-built',
      'The viewer could not be built; run npx vite build viewer.',
      {
        cause,
      },
    );
  }
  return folder;
}
