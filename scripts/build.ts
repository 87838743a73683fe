/** Builds the package into `dist/`: JavaScript and types (Node does not strip types under `node_modules`), and the viewer. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit', shell: false });

// Files that the compiler does not carry over: data that modules read or import.
for (const file of globSync('src/**/*.{json,wasm,d.ts}', { cwd: root }))
  cpSync(join(root, file), join(dist, file.slice('src/'.length)), { recursive: true });
for (const file of globSync('src/**/*_pb.js', { cwd: root }))
  cpSync(join(root, file), join(dist, dirname(file).slice('src/'.length), file.split('/').at(-1)!));
chmodSync(join(dist, 'cli/main.js'), 0o755);

execFileSync('vite', ['build', 'viewer', '--logLevel', 'warn'], {
  cwd: root,
  stdio: 'inherit',
  shell: false,
});
