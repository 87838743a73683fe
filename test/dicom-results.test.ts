/**
 * `fit --to dicom`, judged by readers that are not ours: dciodvfy (objects and modules), dcmtk's dsrdump (the report),
 * pydicom (values, masks, geometry, names). They are installed by the test command.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyAffine } from '../src/core/affine.ts';
import { voxelCount } from '../src/core/grid.ts';
import { createWarningSink } from '../src/core/warnings.ts';
import { readNifti } from '../src/io/nifti/read.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import { rhomap } from './support/cli.ts';
import { OBLIQUE_GRID as grid, writeSpinLockSeries } from './support/spin-lock-dicom.ts';

const folder = mkdtempSync(join(tmpdir(), 'rhomap-dicom-results-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...path: string[]): string => join(folder, ...path);

/** Two regions; the second lies in the last slice alone. */
const labels = Uint16Array.from({ length: voxelCount(grid) }, (_, i) => {
  const [column, slice] = [i % grid.nColumns, Math.floor(i / (grid.nColumns * grid.nRows))];
  return column >= 5 && column < 11 && i % 7 !== 0 ? 1 : slice === 2 && column > 14 ? 3 : 0;
});

/** Names as scanners store them, by SpecificCharacterSet. */
const NAMES = {
  'ISO_IR 100': { bytes: Buffer.from('M\xfcller^J\xfcrgen', 'latin1'), name: 'Müller^Jürgen' },
  GB18030: {
    bytes: Buffer.from('57616e675e5869616f446f6e673dcdf55ed0a1b6ab', 'hex'),
    name: 'Wang^XiaoDong=王^小东',
  },
  'ISO_IR 192': { bytes: Buffer.from('Wang^XiaoDong=王^小东', 'utf8'), name: 'Wang^XiaoDong=王^小东' },
  '\\ISO 2022 IR 87': {
    bytes: Buffer.from('59616d6164615e5461726f753d1b24423b3345441b28425e1b244242404f3a1b2842', 'hex'),
    name: 'Yamada^Tarou=山田^太郎',
  },
} as const;

const mapSeries = (input: string, output: string, ...more: string[]): ReturnType<typeof rhomap> =>
  rhomap('fit', at(input), '--tsl', '0,10,30,50', '-o', at(output), '--roi', at('roi.nii.gz'), ...more);

interface Seen {
  readonly [file: string]: Record<string, unknown>;
}
const seenBy: Record<string, Seen> = {};

/** What pydicom finds in each file, warnings being errors. */
const PYDICOM = `
import sys, json, hashlib, warnings, pydicom, numpy as np, os
warnings.simplefilter("error")
out = {}
def numbers(item, found):
    for child in item.get("ContentSequence", []):
        if child.ValueType == "NUM":
            value = child.MeasuredValueSequence[0]
            derivation = [c.ConceptCodeSequence[0].CodeMeaning for c in child.get("ContentSequence", [])]
            found.append([found_group[0], child.ConceptNameCodeSequence[0].CodeMeaning, *derivation, value.FloatingPointValue, value.MeasurementUnitsCodeSequence[0].CodeValue])
        elif child.ValueType == "TEXT" and child.ConceptNameCodeSequence[0].CodeValue == "112039": found_group[0] = child.TextValue
        else: numbers(child, found)
    return found
for path in sys.argv[1:]:
    d = pydicom.dcmread(path)
    found_group = [""]
    seen = {"name": str(d.PatientName), "study": d.StudyInstanceUID, "series": d.SeriesInstanceUID, "uid": d.SOPInstanceUID, "description": d.SeriesDescription,
      "valid": all(u.is_valid for u in (d.SOPInstanceUID, d.SeriesInstanceUID)), "software": d.SoftwareVersions, "equipment": [e.PurposeOfReferenceCodeSequence[0].CodeMeaning for e in d.ContributingEquipmentSequence]}
    if "FloatPixelData" in d:
        frames = d.PerFrameFunctionalGroupsSequence
        shared = d.SharedFunctionalGroupsSequence[0]
        mapping = shared.RealWorldValueMappingSequence[0]
        values = np.frombuffer(d.FloatPixelData, "<f4")
        seen |= {"sha256": hashlib.sha256(d.FloatPixelData).hexdigest(), "shape": [d.NumberOfFrames, d.Rows, d.Columns], "nan": int(np.isnan(values).sum()),
          "positions": [[float(v) for v in f.PlanePositionSequence[0].ImagePositionPatient] for f in frames],
          "orientation": [float(v) for v in shared.PlaneOrientationSequence[0].ImageOrientationPatient],
          "spacing": [float(v) for v in shared.PixelMeasuresSequence[0].PixelSpacing],
          "unit": mapping.MeasurementUnitsCodeSequence[0].CodeValue, "slope": mapping.RealWorldValueSlope, "intercept": mapping.RealWorldValueIntercept,
          "range": [mapping.DoubleFloatRealWorldValueFirstValueMapped, mapping.DoubleFloatRealWorldValueLastValueMapped],
          "sources": [[s.ReferencedSOPInstanceUID for s in f.DerivationImageSequence[0].SourceImageSequence] for f in frames]}
    elif d.Modality == "SEG":
        mask = np.zeros((3, d.Rows, d.Columns), "u2")
        for frame, f in zip(d.pixel_array, d.PerFrameFunctionalGroupsSequence):
            segment = f.SegmentIdentificationSequence[0].ReferencedSegmentNumber
            mask[f.FrameContentSequence[0].InStackPositionNumber - 1][frame == 1] = segment
        seen |= {"mask": mask.ravel().tolist(), "labels": [s.SegmentLabel for s in d.SegmentSequence], "types": [s.SegmentAlgorithmType for s in d.SegmentSequence]}
    elif d.Modality == "SR":
        seen |= {"numbers": numbers(d, [])}
    else:
        seen |= {"shape": list(d.pixel_array.shape), "colours": len(np.unique(d.pixel_array.reshape(-1, 3), axis=0))}
    out[os.path.basename(path)] = seen
print(json.dumps(out))`;

const dicomFiles = (output: string): string[] =>
  readdirSync(at(output, 'dicom'))
    .sort()
    .map((name) => at(output, 'dicom', name));

beforeAll(async () => {
  writeFileSync(
    at('roi.nii.gz'),
    writeNifti({ grid, values: labels, orientation: 'scanner', description: '' }),
  );
  for (const [i, [charset, { bytes }]] of Object.entries(NAMES).entries()) {
    mkdirSync(at(`scan${i}`));
    const withCharset = { SpecificCharacterSet: charset.split('\\'), PatientName: new Uint8Array(bytes) };
    writeSpinLockSeries(at(`scan${i}`), withCharset);
    const { code, error } = await mapSeries(`scan${i}`, `maps${i}`, '--to', 'nifti,dicom');
    expect(code, error).toBe(0);
    const output = execFileSync('/usr/bin/python3', ['-c', PYDICOM, ...dicomFiles(`maps${i}`)], {
      encoding: 'utf8',
    });
    seenBy[charset] = JSON.parse(output);
  }
}, 60_000);

describe('rhomap fit --to dicom', () => {
  it('writes objects without an error, says dciodvfy', () => {
    const names = dicomFiles('maps0').map((path) => path.slice(at('maps0/dicom/').length));
    expect(names).toEqual([
      ...['T1rho.dcm', 'T1rho_stderr.dcm', 'measurements.dcm'],
      ...['picture-1.dcm', 'picture-2.dcm', 'picture-3.dcm', 'roi-drawn.dcm'],
    ]);
    for (const i of [0, 1, 2, 3])
      for (const path of dicomFiles(`maps${i}`)) {
        const { stdout, stderr } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
        expect(
          `${stdout}${stderr}`.split('\n').filter((line) => /^(Error|Abort)/.test(line)),
          path,
        ).toEqual([]);
      }
  });

  it.each(Object.entries(NAMES))('keeps the character set %s', (charset, { name }) => {
    for (const seen of Object.values(seenBy[charset]!)) expect(seen['name']).toBe(name);
  });

  it('holds the values of the NIfTI map, bit for bit, on the grid of the images', () => {
    const { 'T1rho.dcm': map, 'T1rho_stderr.dcm': error } = seenBy['ISO_IR 100']!;
    for (const [seen, file] of [
      [map!, 'T1rho_ms'],
      [error!, 'stderr_ms'],
    ] as const) {
      const path = at('maps0', `${file}.nii.gz`);
      const { values } = readNifti(readFileSync(path), path, createWarningSink());
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect(seen).toMatchObject({ sha256, shape: [3, 14, 20], unit: 'ms', slope: 1, intercept: 0 });
      const finite = values.filter((value) => !Number.isNaN(value));
      expect(seen).toMatchObject({
        nan: values.length - finite.length,
        range: [Math.min(...finite), Math.max(...finite)],
      });
    }
    expect(map!['nan']).toBeGreaterThan(0);
    for (const [k, position] of (map!['positions'] as number[][]).entries()) {
      const [x, y, z] = applyAffine(grid.affine, [0, 0, k]);
      for (const [i, value] of [-x, -y, z].entries())
        expect(Math.abs(position[i]! - value)).toBeLessThan(1e-6);
    }
    const { affine } = grid;
    const columns = [-affine[0]! / 1.5, -affine[4]! / 1.5, affine[8]! / 1.5];
    for (const [i, value] of columns.entries())
      expect((map!['orientation'] as number[])[i]).toBeCloseTo(value, 10);
    expect(map!['spacing']).toEqual([1.75, 1.5]);
    const sources = [0, 1, 2].map((k) => [0, 1, 2, 3].map((t) => `1.2.826.0.1.3680043.10.1.4.${t}.${k}`));
    expect(map!['sources']).toEqual(sources);
  });

  it('holds the regions as they were given, numbered in the order of their labels', () => {
    const { mask, labels: names, types } = seenBy['ISO_IR 100']!['roi-drawn.dcm']!;
    expect(mask).toEqual(Array.from(labels, (label) => (label === 3 ? 2 : label)));
    expect([names, types]).toEqual([
      ['region 1', 'region 3'],
      ['MANUAL', 'MANUAL'],
    ]);
  });

  it('reports the numbers of the regions, which dsrdump reads too', () => {
    const summary = JSON.parse(readFileSync(at('maps0/summary.json'), 'utf8'));
    const rows = summary.results.roi.filter((row: { slice?: number }) => row.slice === undefined);
    const quantity = 'T1rho relaxation time in the rotating frame';
    const expected = rows.flatMap((row: Record<string, number>) => {
      const group = `region ${row['label']} (drawn)`;
      return [
        [group, quantity, 'Mean', row['mean'], 'ms'],
        [group, quantity, 'Standard Deviation', row['standardDeviation'], 'ms'],
        [group, quantity, 'Median', row['median'], 'ms'],
        [group, 'Number of voxels with a value', row['nValues'], '{voxels}'],
        [group, 'Number of voxels of the region', row['nVoxels'], '{voxels}'],
      ];
    });
    expect(expected).toHaveLength(10);
    expect(seenBy['ISO_IR 100']!['measurements.dcm']!['numbers']).toEqual(expected);
    const { status, stdout } = spawnSync('dsrdump', [at('maps0/dicom/measurements.dcm')], {
      encoding: 'latin1',
    });
    expect(status).toBe(0);
    expect(stdout).toContain('Enhanced SR Document');
    expect(stdout.match(/contains NUM/g)).toHaveLength(10);
    expect(stdout).toContain('(,,"Referenced Segment")=(SG image,,2)');
  });

  it('joins the study as new series, for research use, with pictures in colour', () => {
    const files = Object.entries(seenBy['GB18030']!);
    const series = new Map(files.map(([, seen]) => [seen['series'], seen['description']]));
    expect([...series.values()].sort()).toEqual([
      'T1rho maps (research use)',
      'T1rho measurements (research use)',
      'T1rho pictures (research use)',
      'T1rho regions (research use)',
    ]);
    expect(new Set(files.map(([, { uid }]) => uid)).size).toBe(files.length);
    for (const [, seen] of files)
      expect(seen).toMatchObject({
        ...{ study: '1.2.826.0.1.3680043.10.1.1', valid: true },
        equipment: ['Processing Equipment', 'Acquisition Equipment'],
      });
    expect(seenBy['GB18030']!['picture-2.dcm']!['colours']).toBeGreaterThan(50);
  });

  it('gives the same bytes again, and other UIDs for other options', async () => {
    await mapSeries('scan0', 'again', '--to', 'dicom');
    const again = dicomFiles('again');
    for (const [i, path] of dicomFiles('maps0').entries())
      expect(readFileSync(path).equals(readFileSync(again[i]!)), path).toBe(true);
    expect(readdirSync(at('again'))).not.toContain('T1rho_ms.nii.gz');
    await mapSeries('scan0', 'other', '--to', 'dicom', '--cutoff-ms', '30,60');
    const [one, other] = ['maps0', 'other'].map((output) =>
      execFileSync('dcmdump', ['+P', '0008,0018', '+P', '0020,000e', ...dicomFiles(output)], {
        encoding: 'latin1',
      })
        .match(/\[[\d.]+\]/g)!
        .map(String),
    );
    expect(one!.filter((uid) => uid.startsWith('[2.25.') && other!.includes(uid))).toEqual([]);
  });

  it('refuses images that belong to no study', async () => {
    const images = at('maps0/T1rho_ms.nii.gz');
    const asNifti = await rhomap('fit', images, images, '--tsl', '0,50', '-o', at('no'), '--to', 'dicom');
    expect(asNifti.code).not.toBe(0);
    mkdirSync(at('no-study'));
    writeSpinLockSeries(at('no-study'), { StudyInstanceUID: '1.02.3' });
    const invalid = await mapSeries('no-study', 'no', '--to', 'dicom');
    expect(invalid).toMatchObject({
      code: 1,
      error: expect.stringContaining('StudyInstanceUID is no valid UID'),
    });
    expect(await mapSeries('scan0', 'no', '--to', 'png')).toMatchObject({
      code: 2,
      error: expect.stringContaining('nifti,dicom'),
    });
  });
});
