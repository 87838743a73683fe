import { copyFileSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

const root = resolve(import.meta.dirname, '..');

/** The pixel codecs look for their binaries beside the script that runs them, under their own names. */
const codecBinaries = (): Plugin => ({
  name: 'codec-binaries',
  apply: 'build',
  writeBundle: ({ dir }) => {
    for (const file of globSync('node_modules/@cornerstonejs/codec-*/dist/*_decode.wasm', { cwd: root }))
      copyFileSync(join(root, file), join(dir!, 'assets', basename(file)));
  },
});

/** The built-in example lies among the examples of the package. */
const builtInExample = (): Plugin => ({
  name: 'built-in-example',
  apply: 'build',
  writeBundle: ({ dir }) => {
    mkdirSync(join(dir!, 'example'), { recursive: true });
    for (const ending of ['.nii.gz', '.json'])
      copyFileSync(
        join(root, `examples/data/virtual-liver/virtual-liver${ending}`),
        join(dir!, `example/virtual-liver${ending}`),
      );
  },
});

/** The shipped networks; a static host offers them by the `session.json` that is written here. */
const shippedNetworks = (): Plugin => ({
  name: 'shipped-networks',
  apply: 'build',
  writeBundle: ({ dir }) => {
    const files = globSync('models/*.onnx', { cwd: root });
    mkdirSync(join(dir!, 'models'), { recursive: true });
    for (const file of files) copyFileSync(join(root, file), join(dir!, file));
    const models = files.map((file) => ({ name: basename(file, '.onnx'), url: file.replaceAll(sep, '/') }));
    writeFileSync(join(dir!, 'session.json'), JSON.stringify({ folder: null, models }));
  },
});

const noNode = join(import.meta.dirname, 'src/work/no-node.ts');

/** A static folder that any web server can host: relative addresses, no inline code, nothing from elsewhere. */
const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [svelte(), codecBinaries(), builtInExample(), shippedNetworks()],
  resolve: { alias: { fs: noNode, path: noNode } },
  worker: { format: 'es' },
  build: {
    outDir: join(root, 'dist/viewer'),
    emptyOutDir: true,
    target: 'es2023',
    // The content policy allows no data: addresses for scripts, and a file more costs nothing.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
  },
});

export default config;
