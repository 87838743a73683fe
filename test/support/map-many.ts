/** Maps the same small scan again and again in one process, `node map-many.ts FOLDER N`, and prints its memory after each. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../src/cli/main.ts';

const [folder, n] = [process.argv[2]!, Number(process.argv[3])];
const at = (name: string): string => join(folder, name);
const silent = { out: { write: () => true }, error: { write: (text: string) => process.stderr.write(text) } };
const command = [
  'map',
  at('scan.nii.gz'),
  '--tsl',
  '0,50',
  '--model',
  at('model.onnx'),
  '--roi',
  at('mask.nii.gz'),
];
const rssMb: number[] = [];
for (let i = 0; i < n; i++) {
  const code = await main([...command, '--quiet', '-o', at('out')], silent);
  if (code !== 0) process.exit(code);
  rmSync(at('out'), { recursive: true });
  globalThis.gc?.();
  rssMb.push(process.memoryUsage.rss() / 2 ** 20);
}
console.log(JSON.stringify(rssMb));
