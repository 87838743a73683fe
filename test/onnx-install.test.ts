/**
 * Installing must not fetch anything beside npm packages: onnxruntime-node's install script would download CUDA
 * libraries, and fail where it cannot.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { PINNED_VERSION } from '../src/runtime/onnx-session.ts';

const root = join(import.meta.dirname, '..');

it('pins both runtimes exactly, to the version that sessions insist on', () => {
  expect(packageJson.dependencies['onnxruntime-node']).toBe(PINNED_VERSION);
  expect(packageJson.devDependencies['onnxruntime-web']).toBe(PINNED_VERSION);
});

it('does not let npm run the install script', () => {
  expect(packageJson.allowScripts['onnxruntime-node']).toBe(false);
});

it('stops the script from connecting anywhere with ONNXRUNTIME_NODE_INSTALL=skip, for an npm that runs it', () => {
  const result = spawnSync(
    process.execPath,
    [join(root, 'node_modules/onnxruntime-node/script/install.js')],
    {
      encoding: 'utf8',
      // A proxy that refuses every connection.
      env: {
        ...process.env,
        ONNXRUNTIME_NODE_INSTALL: 'skip',
        GLOBAL_AGENT_HTTPS_PROXY: 'http://127.0.0.1:9',
      },
    },
  );
  expect(result).toMatchObject({ status: 0, stdout: '', stderr: '' });
});
