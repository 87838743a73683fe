/** `rhomap pacs` against a real archive: images in by C-STORE, results out by STOW-RS, all back byte for byte. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallModel } from './support/model.ts';
import { type Orthanc, PACS_PASSWORD, PACS_URL, PACS_USER, startOrthanc } from './support/orthanc.ts';
import { writeSpinLockSeries } from './support/spin-lock-dicom.ts';

const STUDY = '1.2.826.0.1.3680043.10.1.1';
const SERIES = '1.2.826.0.1.3680043.10.1.2';
const folder = mkdtempSync(join(tmpdir(), 'rhomap-pacs-'));
const at = (...path: string[]): string => join(folder, ...path);
const login = { RHOMAP_PACS_URL: PACS_URL, RHOMAP_PACS_USER: PACS_USER, RHOMAP_PACS_PASSWORD: PACS_PASSWORD };

/** Contents of the DICOM files in a folder, whatever their names. */
const contents = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dcm'))
    .map((name) =>
      createHash('sha256')
        .update(readFileSync(join(path, name)))
        .digest('hex'),
    )
    .sort();

describe('a PACS', () => {
  let pacs: Orthanc;
  beforeAll(async () => {
    mkdirSync(at('scan'));
    writeSpinLockSeries(at('scan'));
    pacs = await startOrthanc(at('pacs'));
    const port = String(pacs.dicomPort);
    const stored = await pacs.run('storescu', ['127.0.0.1', port, '+sd', at('scan')]);
    expect(stored).toMatchObject({ code: 0 });
  }, 60_000);
  afterAll(async () => {
    await pacs?.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('gives back what the scanner sent, takes the results, and gives them back byte for byte', async () => {
    const got = await pacs.rhomap(
      login,
      'pacs',
      'get',
      '--study',
      STUDY,
      '--series',
      SERIES,
      '-o',
      at('got'),
    );
    expect(got).toMatchObject({ code: 0, out: `12 files in ${at('got')}\n` });
    expect(contents(at('got'))).toHaveLength(12);
    writeFileSync(at('model.onnx'), smallModel());
    const mapped = await pacs.rhomap(
      login,
      ...[
        'map',
        at('got'),
        '--tsl',
        '0,10,30,50',
        '--model',
        at('model.onnx'),
        '--to',
        'dicom',
        '-o',
        at('maps'),
      ],
    );
    expect(mapped).toMatchObject({ code: 0 });
    const results = contents(at('maps', 'dicom'));
    expect(results).toHaveLength(5);
    for (let i = 0; i < 2; i++) {
      const sent = await pacs.rhomap(login, 'pacs', 'send', at('maps', 'dicom'));
      expect(sent).toMatchObject({ code: 0, out: `5 files sent to ${new URL(PACS_URL).origin}\n` });
    }
    const all = await pacs.rhomap(login, 'pacs', 'get', '--study', STUDY, '-o', at('all'));
    expect(all.out).toBe(`17 files in ${at('all')}\n`);
    const back = contents(at('all'));
    expect(back.filter((hash) => results.includes(hash))).toEqual(results);
    expect(back.filter((hash) => contents(at('got')).includes(hash))).toHaveLength(12);
  }, 120_000);

  it('is listed by study and series', async () => {
    const listed = await pacs.rhomap(
      login,
      'pacs',
      'list',
      '--patient-id',
      'T1',
      '--date',
      '20260101-20260131',
      '--json',
    );
    expect(listed).toMatchObject({ code: 0 });
    const { studies } = JSON.parse(listed.out);
    expect(studies).toMatchObject([
      { studyInstanceUid: STUDY, patientName: 'Test^Patient', date: '20260102' },
    ]);
    const series = await pacs.rhomap(login, 'pacs', 'list', '--study', STUDY);
    expect(series.out).toMatch(new RegExp(`${SERIES} +5 +MR +T1rho`));
    expect((await pacs.rhomap(login, 'pacs', 'list', '--patient-id', 'nobody')).out).toBe('no study found\n');
  }, 60_000);

  it('wants a login, refuses a wrong one, and has one from a file that nobody else can read', async () => {
    const { RHOMAP_PACS_URL } = login;
    const list = (environment: NodeJS.ProcessEnv, ...more: string[]) =>
      pacs.rhomap({ RHOMAP_PACS_URL, ...environment }, 'pacs', 'list', ...more);
    expect(await list({})).toMatchObject({ code: 1, error: expect.stringContaining('wants a login') });
    const wrong = await list({ RHOMAP_PACS_USER: PACS_USER, RHOMAP_PACS_PASSWORD: 'wrong' });
    expect(wrong).toMatchObject({ code: 1, error: expect.stringContaining('does not accept this login') });
    const send = await pacs.rhomap({ RHOMAP_PACS_URL }, 'pacs', 'send', at('scan'));
    expect(send).toMatchObject({ code: 1, error: expect.stringContaining('wants a login') });
    const file = JSON.stringify({ user: PACS_USER, password: PACS_PASSWORD });
    writeFileSync(at('login.json'), file, { mode: 0o644 });
    const open = await list({}, '--login', at('login.json'));
    expect(open).toMatchObject({ code: 2, error: expect.stringContaining('chmod 600') });
    writeFileSync(at('closed.json'), file, { mode: 0o600 });
    expect(await list({}, '--login', at('closed.json'))).toMatchObject({ code: 0 });
  }, 60_000);

  it('that lacks the study is told, and nothing is left behind', async () => {
    const none = await pacs.rhomap(login, 'pacs', 'get', '--study', '1.2.3', '-o', at('none'));
    expect(none).toMatchObject({
      code: 1,
      error: expect.stringMatching(/has nothing there|has no instance/),
    });
    expect(readdirSync(folder).filter((name) => name.includes('none'))).toEqual([]);
  }, 60_000);
});
