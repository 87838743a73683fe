/**
 * Table E.1-1 as others read it: Orthanc anonymizes a file that has every attribute of pydicom's dictionary by the Basic
 * Profile of 2021b. What it takes away or replaces must be in the table here (2024b), which has more.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { BASIC_PROFILE } from '../src/pacs/deidentify/table.ts';
import { temporaryFolder } from './support/cli.ts';
import { PACS_PASSWORD, PACS_USER, startOrthanc } from './support/orthanc.ts';

const WRITE = `
import sys
from pydicom.datadict import DicomDictionary
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian
texts = dict(DA='20200101', TM='101112', DT='20200101101112', IS='7', DS='7', UI='1.2.3', AS='040Y', CS='ABC', PN='A^B')
ds = Dataset()
for tag, (vr, *_) in DicomDictionary.items():
    vr = vr.split(' or ')[0]
    if tag >> 16 <= 2 or tag >= 0x7fe00000 or vr in ('NONE', 'UN', '') or tag == 0x0072006d: continue
    item = Dataset()
    item.CodeValue = '1'
    if vr == 'SQ': value = Sequence([item])
    elif vr in 'US SS UL SL FL FD UV SV'.split(): value = 7
    elif vr == 'AT': value = 0x00100010
    elif vr[0] == 'O': value = b'12345678'
    else: value = texts.get(vr, 'TEXT')
    ds.add_new(tag, vr, value)
ds.SOPClassUID = '1.2.840.10008.5.1.4.1.1.4'
ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = '1.2.3.4', '1.2.3', '1.2.3.1'
ds.SpecificCharacterSet = 'ISO_IR 100'
ds.file_meta = FileMetaDataset()
ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
ds.is_little_endian, ds.is_implicit_VR = True, False
ds.save_as(sys.argv[1], write_like_original=False)`;

const COMPARE = `
import json, sys
from pydicom import dcmread
before, after = (dcmread(path) for path in sys.argv[1:])
print(json.dumps([int(e.tag) for e in before if e.VR != 'UI' and (e.tag not in after or after[e.tag].value != e.value)]))`;

const python = (script: string, ...paths: string[]): string =>
  execFileSync('/usr/bin/python3', ['-W', 'ignore', '-c', script, ...paths], { encoding: 'utf8' });

it('the table has every attribute that Orthanc takes away by the Basic Profile', async () => {
  const folder = temporaryFolder();
  const [all, anonymous] = [join(folder, 'all.dcm'), join(folder, 'anonymous.dcm')];
  python(WRITE, all);
  const pacs = await startOrthanc(join(folder, 'pacs'));
  onTestFinished(() => pacs.stop());
  const post = (path: string, ...more: string[]) =>
    pacs.run('curl', [
      ...['-sf', '-u', `${PACS_USER}:${PACS_PASSWORD}`, '-X', 'POST'],
      ...[`http://127.0.0.1:8042/${path}`, ...more],
    ]);
  const { ID: id } = JSON.parse((await post('instances', '--data-binary', `@${all}`)).out) as { ID: string };
  const options = JSON.stringify({ DicomVersion: '2021b', Force: true });
  expect(await post(`instances/${id}/anonymize`, '-d', options, '-o', anonymous)).toMatchObject({ code: 0 });
  const changed = JSON.parse(python(COMPARE, all, anonymous)) as number[];
  expect(changed.length).toBeGreaterThan(350);
  // Patient Identity Removed and De-identification Method: written anew, by both.
  expect(changed.filter((tag) => !BASIC_PROFILE.has(tag))).toEqual([0x0012_0062, 0x0012_0063]);
}, 120_000);
