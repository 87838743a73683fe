/** Identity planted wherever DICOM has a place for it, and looked for in the bytes of what comes out. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWarningSink } from '../src/core/warnings.ts';
import { type Deidentified, deidentify } from '../src/pacs/deidentify/deidentify.ts';
import { BASIC_PROFILE } from '../src/pacs/deidentify/table.ts';
import { concat, type Entry, element, elements, mrImage, part10 } from './dicom-builder.ts';
import { rhomap } from './support/cli.ts';
import { writeSpinLockSeries } from './support/spin-lock-dicom.ts';

const folder = mkdtempSync(join(tmpdir(), 'rhomap-deidentify-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...path: string[]): string => join(folder, ...path);

const key = 'a key of more than sixteen characters';
const SECRET = 'GEHEIM';
const SECRET_UID = '1.2.777777';
const run = (bytes: Uint8Array, options = {}): Deidentified =>
  deidentify(bytes, 'x.dcm', { key, ...options }, createWarningSink());
const holds = (bytes: Uint8Array): boolean => {
  const text = Buffer.from(bytes).toString('latin1');
  return text.includes(SECRET) || text.includes('777777');
};

/** Every attribute of the table, every free text besides, private ones, UIDs. */
const planted: Entry[] = [
  ...[...BASIC_PROFILE.keys()]
    .filter((tag) => tag >>> 16 > 2)
    .map((tag): Entry => [tag, 'LO', `${SECRET}^NAME`]),
  [0x0008_0014, 'UI', SECRET_UID],
  [0x0009_0010, 'LO', SECRET],
  [0x0009_1001, 'UN', Buffer.from(SECRET)],
  [0x0008_0119, 'LO', SECRET],
  [0x0018_9999, 'LT', SECRET],
  [0x0018_0015, 'CS', `${SECRET} name`],
  [0x0018_1088, 'IS', `${SECRET}`],
  [0x0028_9999, 'OB', Buffer.from(SECRET)],
  [0x0040_9999, 'UN', Buffer.from(SECRET)],
  [0x5000_3000, 'OW', Buffer.from(SECRET)],
  [0x6000_3000, 'OW', Buffer.from(SECRET)],
];
const inOrder = (entries: readonly Entry[]): Entry[] =>
  [...new Map(entries.map((entry) => [entry[0], entry])).values()].sort((a, b) => a[0] - b[0]);

const image = (...more: readonly Entry[]): Uint8Array => part10(elements(inOrder(mrImage(...more))));

beforeAll(() => mkdirSync(at('scan')));

describe('deidentify', () => {
  it('leaves nothing of what is planted in every attribute of table E.1-1, private ones and free texts', () => {
    expect(BASIC_PROFILE.size).toBeGreaterThan(480);
    const ids: Entry[] = [0x0008_0018, 0x0020_000d, 0x0020_000e, 0x0020_0052].map(
      (tag): Entry => [tag, 'UI', `${SECRET_UID}.${tag}`],
    );
    const bytes = image(...planted, ...ids);
    expect(holds(bytes)).toBe(true);
    for (const options of [{}, { keepPatientCharacteristics: true }, { shiftDates: true }])
      expect(holds(run(bytes, options).bytes)).toBe(false);
  });

  it('nor of the same three sequences deep, in items of known length', () => {
    const inner = inOrder(planted);
    const bytes = image([0x0008_1115, 'SQ', [[[0x0008_1199, 'SQ', [[[0x0040_9096, 'SQ', [inner]]]]]]]]);
    expect(holds(bytes)).toBe(true);
    expect(holds(run(bytes).bytes)).toBe(false);
  });

  it('nor of file meta information, the preamble, and what stands behind the pixels', () => {
    const body = elements(inOrder(mrImage()));
    const meta = concat([
      element([0x0002_0010, 'UI', '1.2.840.10008.1.2.1']),
      element([0x0002_0016, 'AE', SECRET]),
      element([0x0002_0100, 'UI', SECRET_UID]),
    ]);
    const preamble = new Uint8Array(128).fill(71);
    preamble.set(Buffer.from(SECRET));
    const tail = element([0xfffc_fffc, 'OB', Buffer.from(SECRET)]);
    const bytes = concat([
      preamble,
      Buffer.from('DICM'),
      element([0x0002_0000, 'UL', meta.length]),
      meta,
      body,
      tail,
    ]);
    expect(holds(run(bytes).bytes)).toBe(false);
  });

  it('gives the same bytes for the same key and other pseudonyms for another', () => {
    const bytes = image([0x0010_0020, 'LO', 'MRN 1'], [0x0010_0010, 'PN', 'A^B']);
    const [one, again, other] = [run(bytes), run(bytes), run(bytes, { key: 'another key of enough length' })];
    expect(Buffer.from(one.bytes).equals(again.bytes)).toBe(true);
    expect(other.pseudonym).not.toBe(one.pseudonym);
    expect(run(image([0x0010_0020, 'LO', 'MRN 1 '], [0x0010_0010, 'PN', 'C^D'])).pseudonym).toBe(
      one.pseudonym,
    );
    expect(run(image([0x0010_0020, 'LO', 'MRN 2'])).pseudonym).not.toBe(one.pseudonym);
    expect(one.path).toMatch(/^P[0-9A-F]{12}\/[0-9a-f]{16}\/[0-9a-f]{16}\.dcm$/);
  });

  it('leaves out what carries names in its pixels or texts', () => {
    expect(() => run(image([0x0028_0301, 'CS', 'YES']))).toThrow(/pixels carry text/);
    for (const modality of ['US', 'SC', 'SR', 'DOC'])
      expect(() => run(image([0x0008_0060, 'CS', modality]))).toThrow(/tags cannot show/);
  });

  it('keeps what maps are made of: the same maps before and after, read by pydicom and dciodvfy', async () => {
    writeSpinLockSeries(at('scan'), {
      PatientName: 'Secret^Name',
      PatientAge: '050Y',
      StudyDescription: 'Secret',
    });
    const flags = [
      '-o',
      at('clean'),
      '--key',
      at('study.key'),
      '--shift-dates',
      '--keep-patient-characteristics',
    ];
    const { code, error } = await rhomap('deidentify', at('scan'), ...flags);
    expect(code, error).toBe(0);
    expect(statSync(at('study.key')).mode & 0o077).toBe(0);
    for (const input of ['scan', 'clean'])
      expect(await rhomap('fit', at(input), '--tsl', '0,10,30,50', '-o', at(`maps-${input}`))).toMatchObject({
        code: 0,
      });
    const [before, after] = ['scan', 'clean'].map((input) =>
      readFileSync(at(`maps-${input}/T1rho_ms.nii.gz`)),
    );
    expect(before!.equals(after!)).toBe(true);
    const paths = readdirSync(at('clean'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.dcm'))
      .map((name) => at('clean', name));
    expect(paths).toHaveLength(12);
    const script = `
import sys, json, pydicom
d = [pydicom.dcmread(p) for p in sys.argv[1:]]
print(json.dumps({"names": sorted({str(x.PatientName) for x in d}), "age": d[0].PatientAge, "sex": d[0].PatientSex, "removed": d[0].PatientIdentityRemoved,
  "codes": [c.CodeValue for c in d[0].DeidentificationMethodCodeSequence], "dates": sorted({x.StudyDate for x in d}), "birth": d[0].PatientBirthDate,
  "times": d[0].LongitudinalTemporalInformationModified, "series": len({x.SeriesInstanceUID for x in d}), "uids": len({x.SOPInstanceUID for x in d}), "meta": all(x.file_meta.MediaStorageSOPInstanceUID == x.SOPInstanceUID for x in d)}))`;
    const seen = JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, ...paths], { encoding: 'utf8' }));
    expect(seen).toMatchObject({
      age: '050Y',
      sex: 'O',
      removed: 'YES',
      codes: ['113100', '113107', '113108'],
      birth: '',
      times: 'MODIFIED',
      series: 1,
      uids: 12,
      meta: true,
    });
    expect(seen.names).toHaveLength(1);
    expect(seen.names[0]).toMatch(/^P[0-9A-F]{12}$/);
    expect(seen.dates).toHaveLength(1);
    expect(seen.dates[0] < '20260102').toBe(true);
    const errors = (path: string): string[] => {
      const { stdout, stderr } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
      return `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('Error'));
    };
    expect(errors(paths[0]!).filter((line) => !errors(at('scan/im-0-0.dcm')).includes(line))).toEqual([]);
    for (const path of paths) expect(readFileSync(path).includes('Secret')).toBe(false);
  });

  it('does not begin without a key that is one, and says when nothing is left', async () => {
    writeFileSync(at('short.key'), 'abc');
    expect(await rhomap('deidentify', at('scan'), '-o', at('no'), '--key', at('short.key'))).toMatchObject({
      code: 2,
    });
    writeFileSync(at('text.txt'), 'no DICOM');
    expect(
      await rhomap('deidentify', at('text.txt'), '-o', at('no'), '--key', at('study.key')),
    ).toMatchObject({ code: 1 });
  });
});
