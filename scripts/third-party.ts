/** Writes `THIRD-PARTY.md`: every package that is installed with rhomap, its version, licence and where it comes from. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface LockEntry {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

const root = resolve(import.meta.dirname, '..');
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockEntry>;
};

const rows = Object.entries(lock.packages)
  // The viewer's workspace is no package of others: its tools are for development, its code is ours.
  .filter(([path]) => path.includes('node_modules/') && !path.endsWith('/rhomap-viewer'))
  .filter(([, entry]) => !entry.dev && !entry.optional && !entry.devOptional)
  .map(([path, entry]) => {
    const folder = join(root, path);
    const manifest: { license?: string; homepage?: string; licenses?: readonly { type: string }[] } =
      existsSync(join(folder, 'package.json'))
        ? (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
            license?: string;
            homepage?: string;
          })
        : {};
    const name = path.split('node_modules/').at(-1)!;
    return `| ${name} | ${entry.version} | ${manifest.license ?? manifest.licenses?.map(({ type }) => type).join(' or ') ?? entry.license ?? 'see package'} | ${manifest.homepage ?? `https://www.npmjs.com/package/${name}`} |`;
  })
  .sort();

writeFileSync(
  join(root, 'THIRD-PARTY.md'),
  `# Third-party packages
Installed with rhomap; each package holds its licence text. Made by \`node scripts/third-party.ts\`.

| package | version | licence | home |
|---|---|---|---|
${[...new Set(rows)].join('\n')}

Data that ships with the project names its origin and licence in the folder it lies in (\`examples/data\`, \`test/data\`).
`,
);
