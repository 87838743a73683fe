/**
 * A disk that fills up at any write of a command: one clear sentence, exit code 1, and nothing half-written. What a
 * resumable command had finished stays, and the same command goes on from there.
 */
import { spawnSync } from 'node:child_process';
import type { Mode, ObjectEncodingOptions, OpenMode } from 'node:fs';
import { mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jsonFile } from '../src/core/summary.ts';
import { openCohortFolder } from '../src/runtime/node/cohort-folder.ts';
import { type CliResult, rhomap, temporaryFolder } from './support/cli.ts';
import { writeDataSet } from './support/data-set.ts';
import { writeMask, writeSeries } from './support/series.ts';
import { writeSpinLockSeries } from './support/spin-lock-dicom.ts';

type Path = Parameters<typeof import('node:fs/promises').writeFile>[0];
type Options = (ObjectEncodingOptions & { mode?: Mode; flag?: OpenMode; flush?: boolean }) | BufferEncoding;

const disk = vi.hoisted(() => ({ writes: 0, room: Number.POSITIVE_INFINITY }));

/** A file system on which write number `disk.room` and all later ones leave half of their bytes, then ENOSPC. */
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const limited =
    (write: typeof real.writeFile) =>
    async (path: Path, data: string | Uint8Array, options?: Options): Promise<void> => {
      if (disk.writes++ < disk.room) return await write(path, data, options);
      await write(path, data.slice(0, data.length >> 1), options);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
  return { ...real, writeFile: limited(real.writeFile), appendFile: limited(real.appendFile as never) };
});

const setRoom = (room = Number.POSITIVE_INFINITY): void => void Object.assign(disk, { writes: 0, room });
afterEach(() => setRoom());

/** Files under a folder, with what they hold. */
function contents(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  const paths = entries.map((e) => join(e.parentPath, e.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]));
}

function expectFull({ code, error }: CliResult): void {
  const sentences = error.split('\n').filter((line) => line.startsWith('rhomap: '));
  expect(sentences, error).toEqual([expect.stringMatching(/^rhomap: Cannot write .*: the disk is full\.$/)]);
  expect(code).toBe(1);
}

describe('a full disk', () => {
  it('at any write of rhomap fit leaves the folder as it was', async () => {
    const folder = temporaryFolder();
    writeSeries(join(folder, 'scan.nii.gz'), [0, 10, 30, 50]);
    writeMask(join(folder, 'roi.nii.gz'));
    const run = (output: string): Promise<CliResult> =>
      rhomap(
        ...['fit', join(folder, 'scan.nii.gz'), '--tsl', '0,10,30,50'],
        ...['--roi', join(folder, 'roi.nii.gz'), '-o', join(folder, output), '--force'],
      );
    setRoom();
    expect((await run('maps')).code).toBe(0);
    const { writes } = disk;
    expect(writes).toBeGreaterThan(8);
    const before = readdirSync(folder, { recursive: true });
    const kept = contents(folder);
    for (let room = 0; room < writes; room++) {
      setRoom(room);
      expectFull(await run(room % 2 === 0 ? 'maps' : 'new/deep/maps'));
      expect(readdirSync(folder, { recursive: true })).toEqual(before);
      expect(contents(folder)).toEqual(kept);
    }
  });

  it('stops rhomap experiment at any write, which then goes on to the same results', async () => {
    const folder = temporaryFolder();
    writeDataSet(join(folder, 'data'), 4, 32);
    const experiment = (study: string): Promise<CliResult> =>
      rhomap(
        ...['experiment', '--data', join(folder, 'data'), '-o', join(folder, study), '--quiet', '--json'],
        ...['--preset', 'tiny', '--image-size', '32', '--steps', '4', '--validate-every', '2'],
        ...['--threads', '1', '--folds', '2', '--validation-patients', '1', '--methods', 'coarse,lbr'],
      );
    setRoom();
    const whole = await experiment('whole');
    expect(whole.code, whole.error).toBe(0);
    let resumed: CliResult;
    let nStops = 0;
    // A little more room each time: every run goes on from the last one, so this ends.
    for (;;) {
      setRoom(nStops);
      resumed = await experiment('study');
      if (resumed.code === 0) break;
      nStops++;
      expectFull(resumed);
      const files = contents(join(folder, 'study'));
      expect([...files.keys()].filter((name) => name.endsWith('.partial'))).toEqual([]);
      for (const [name, text] of files)
        if (name.endsWith('.json')) JSON.parse(text);
        else if (name.endsWith('.jsonl')) for (const line of text.trim().split('\n')) JSON.parse(line);
    }
    expect(nStops).toBeGreaterThan(3);
    const rmre = ({ out }: CliResult): unknown =>
      JSON.parse(out).methods.map((m: { method: string; target: unknown }) => [m.method, m.target]);
    expect(rmre(resumed)).toEqual(rmre(whole));
  }, 120_000);

  it('at any write of a cohort leaves whole files, and whole patients, alone', async () => {
    const folder = join(temporaryFolder(), 'cohort');
    const identity = jsonFile('simulation.json', { seed: 5 });
    const file = (path: string): { path: string; bytes: Uint8Array } => ({
      path,
      bytes: new TextEncoder().encode(`all of ${path}`),
    });
    const patient = {
      id: 'sub-001',
      files: [file('sub-001/anat/a.nii.gz'), file('derivatives/truth/sub-001/anat/t.nii.gz')],
      slices: [],
    };
    const make = async (): Promise<void> => {
      const cohort = await openCohortFolder(folder, identity);
      await cohort.store(patient);
      await cohort.write([file('participants.tsv')]);
    };
    for (let room = 0; room < 4; room++) {
      setRoom(room);
      await expect(make()).rejects.toMatchObject({
        code: 'output/unwritable',
        message: expect.stringContaining('the disk is full'),
      });
      for (const [path, text] of contents(folder))
        expect(text).toBe(
          path === identity.path ? new TextDecoder().decode(identity.bytes) : `all of ${path}`,
        );
    }
    setRoom();
    await make();
    expect([...contents(folder).keys()]).toEqual(
      [...patient.files.map(({ path }) => path), 'participants.tsv', 'simulation.json'].sort(),
    );
  });

  it('leaves no half of a key for pseudonyms', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'scan'));
    writeSpinLockSeries(join(folder, 'scan'));
    const before = readdirSync(folder, { recursive: true });
    setRoom(0);
    expectFull(
      await rhomap(
        ...['deidentify', join(folder, 'scan'), '-o', join(folder, 'out'), '--key', join(folder, 'key')],
      ),
    );
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  it('behind `> file` is told as well', () => {
    const main = join(import.meta.dirname, '../src/cli/main.ts');
    const { status, stderr } = spawnSync(process.execPath, [main, 'cite'], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      encoding: 'utf8',
    });
    expect(stderr).toBe('rhomap: Cannot write standard output: the disk is full.\n');
    expect(status).toBe(1);
  });
});
