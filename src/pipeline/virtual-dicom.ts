/**
 * A virtual patient as the DICOM files that a Philips scanner would send, on which the DICOM path is tested end to
 * end. As real ones: no spin-lock time anywhere, one series per slice, the images of a slice told apart by temporal
 * position, instance number and TriggerTime (the start of the dynamic) alone; numbers longer than DS allows, empty
 * attributes, and files in no useful order.
 */
import type { CohortParameters } from '../cohort/parameters.ts';
import type { VirtualPatient } from '../cohort/simulate-patient.ts';
import { applyAffine } from '../core/affine.ts';
import { createRandom, type Random } from '../core/random.ts';
import type { OutputFile } from '../core/summary.ts';
import { type DicomElement, encodeDicom } from '../io/dicom/encode.ts';

const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';
/** Start of each dynamic, ms: one shot every two seconds, the first a little early. */
const dynamicStartMs = (index: number): number => (index === 0 ? 0 : 2000 * index - (index < 3 ? 20 : 0));

/** Files `dicom/sub-X/SERIES/IM_nnnn`, without extension as scanners write them. */
export function philipsFiles(
  { participant, series, stored }: VirtualPatient,
  seed: number,
  parameters: CohortParameters,
): OutputFile[] {
  const { grid, tslMs } = series;
  const random = createRandom(seed).fork(`dicom-${participant.id}`);
  const study = uid(random.fork('study'));
  const frame = uid(random.fork('frame'));
  const n = grid.nColumns * grid.nRows;
  const files: OutputFile[] = [];
  for (let k = 0; k < grid.nSlices; k++) {
    const seriesUid = uid(random.fork(`series-${k}`));
    for (let t = 0; t < tslMs.length; t++) {
      const sop = uid(random.fork(`image-${k}-${t}`));
      const from = (t * grid.nSlices + k) * n;
      const pixels = stored.integers.slice(from, from + n);
      const elements: DicomElement[] = [
        ...patientElements(participant, study),
        ...protocolElements(parameters, tslMs.length),
        ...planeElements(series, parameters.grid.sliceThicknessMm, k),
        text(0x0008_0021, 'DA', '20190412'),
        text(0x0018_1060, 'DS', String(dynamicStartMs(t))),
        text(0x0020_000e, 'UI', seriesUid),
        text(0x0020_0011, 'IS', String(501 + 100 * k)),
        text(0x0020_0013, 'IS', String(t + 1)),
        text(0x0020_0052, 'UI', frame),
        text(0x0020_0100, 'IS', String(t + 1)),
        // 17 significant digits: longer than the 16 characters that DS allows.
        text(0x0028_1052, 'DS', '0'),
        text(0x0028_1053, 'DS', String(stored.slope)),
        text(0x2005_0010, 'LO', 'Philips MR Imaging DD 001'),
        { tag: 0x2005_100e, vr: 'FL', value: float32(1 / stored.slope) },
        { tag: 0x7fe0_0010, vr: 'OW', value: new Uint8Array(pixels.buffer) },
      ];
      // Names run across series and dynamics in the order of sending, which is none.
      const name = `IM_${String(1 + ((7 * (t * grid.nSlices + k)) % 97)).padStart(4, '0')}`;
      files.push({
        path: `dicom/${participant.id}/${501 + 100 * k}/${name}`,
        bytes: encodeDicom(MR_IMAGE_STORAGE, sop, elements),
      });
    }
  }
  return files;
}

const text = (tag: number, vr: string, value: string): DicomElement => ({ tag, vr, value });
const words = (tag: number, ...value: number[]): DicomElement => ({ tag, vr: 'US', value });

function patientElements(
  { id, sex, ageYears }: VirtualPatient['participant'],
  study: string,
): DicomElement[] {
  return [
    text(0x0010_0010, 'PN', `VIRTUAL^${id}`),
    text(0x0010_0020, 'LO', id),
    text(0x0010_0030, 'DA', ''),
    text(0x0010_0040, 'CS', sex),
    text(0x0010_1010, 'AS', `${String(ageYears).padStart(3, '0')}Y`),
    text(0x0008_0020, 'DA', '20190412'),
    text(0x0008_0030, 'TM', ''),
    text(0x0008_0050, 'SH', ''),
    text(0x0008_0090, 'PN', ''),
    text(0x0020_000d, 'UI', study),
    text(0x0020_0010, 'SH', ''),
  ];
}

function protocolElements({ fields, storage }: CohortParameters, nTimes: number): DicomElement[] {
  return [
    text(0x0008_0005, 'CS', 'ISO_IR 100'),
    text(0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\M_SE\\M\\SE'),
    text(0x0008_0060, 'CS', 'MR'),
    text(0x0008_0070, 'LO', 'Philips Healthcare'),
    text(0x0008_103e, 'LO', 'T1rho_BB'),
    text(0x0018_0020, 'CS', 'SE'),
    text(0x0018_0080, 'DS', '2000'),
    text(0x0018_0081, 'DS', '10'),
    text(0x0018_0087, 'DS', String(fields.fieldStrengthT)),
    text(0x0018_1030, 'LO', 'WIP T1rho_BB SENSE'),
    text(0x0020_0105, 'IS', String(nTimes)),
    words(0x0028_0002, 1),
    text(0x0028_0004, 'CS', 'MONOCHROME2'),
    words(0x0028_0100, 16),
    words(0x0028_0101, storage.bits),
    words(0x0028_0102, storage.bits - 1),
    words(0x0028_0103, 0),
  ];
}

/** Geometry in DICOM's LPS frame: x and y change sign against RAS. */
function planeElements({ grid }: VirtualPatient['series'], thicknessMm: number, k: number): DicomElement[] {
  const { affine, nRows, nColumns } = grid;
  const [x, y, z] = applyAffine(affine, [0, 0, k]);
  const spacing = Math.abs(affine[10]!);
  const direction = (axis: 0 | 1): string =>
    axis === 0 ? `${-Math.sign(affine[0]!)}\\0\\0` : `0\\${-Math.sign(affine[5]!)}\\0`;
  return [
    text(0x0018_0050, 'DS', String(thicknessMm)),
    text(0x0018_0088, 'DS', String(spacing)),
    text(0x0020_0032, 'DS', [-x, -y, z].map(String).join('\\')),
    text(0x0020_0037, 'DS', `${direction(0)}\\${direction(1)}`),
    words(0x0028_0010, nRows),
    words(0x0028_0011, nColumns),
    text(0x0028_0030, 'DS', `${Math.abs(affine[5]!)}\\${Math.abs(affine[0]!)}`),
  ];
}

/** A UID from 128 random bits (PS3.5, B.2). */
function uid(random: Random): string {
  let number = 0n;
  for (let i = 0; i < 4; i++) number = (number << 32n) | BigInt(Math.floor(random.uniform() * 2 ** 32));
  return `2.25.${number}`;
}

const float32 = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer);
