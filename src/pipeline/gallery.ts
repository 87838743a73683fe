/**
 * A page of virtual patients to look at: slices by spin-lock time, coarse map, target, truth and fields, with the
 * reader's ROI. Whoever changes the simulation should look at it at full size: what gives a simulation away is seen
 * at once and measured with difficulty.
 */
import type { VirtualPatient } from '../cohort/simulate-patient.ts';
import { type OutputFile, textFile } from '../core/summary.ts';
import { type ColourMapName, colourIndex, colourTable } from '../report/colour-maps.ts';
import { encodePng, pngDataUri } from '../report/png.ts';
import { escapeXml } from '../report/svg.ts';
import { CUTOFF_MS, coarseAndTarget } from './coarse-and-target.ts';

interface Picture {
  readonly title: string;
  /** `[slice, row, column]`. */
  readonly values: Float32Array;
  readonly range: readonly [number, number];
  readonly colours: ColourMapName;
  readonly hasRoi: boolean;
}

/** Signal below this part of the white is air, whose maps are noise. */
const AIR_SHARE = 0.02;

/** The page. Pictures are in the scanner's orientation: the patient's right on the left, front on top. */
export function cohortGallery(patients: readonly VirtualPatient[]): OutputFile {
  return textFile(
    'gallery.html',
    [
      '<!doctype html><meta charset="utf-8"><title>Virtual cohort</title>',
      '<style>body{background:#111;color:#ddd;font:14px sans-serif}figure{display:inline-block;margin:2px}',
      'figcaption{text-align:center}img{width:min(18vw,384px);image-rendering:pixelated}</style>',
      ...patients.map(patientSection),
    ].join('\n'),
  );
}

function patientSection(patient: VirtualPatient): string {
  const { participant: p, series, snr } = patient;
  const pictures = picturesOf(patient);
  const rows = Array.from({ length: series.grid.nSlices }, (_, k) =>
    [
      `<h3>slice ${k + 1}, SNR ${snr[k]!.toFixed(0)}</h3>`,
      ...pictures.map(({ title, ...picture }, i) => {
        const source = pngDataUri(paint(picture, patient, k));
        const lineBreak = i === series.tslMs.length ? '<br>' : '';
        return `${lineBreak}<figure><img src="${source}" alt="${escapeXml(title)}"><figcaption>${escapeXml(title)}</figcaption></figure>`;
      }),
    ].join('\n'),
  );
  const { sex, ageYears, stage, bmi } = p;
  return `<h2>${p.id}: ${sex}, ${ageYears} years, F${stage}, BMI ${bmi}</h2>\n${rows.join('\n')}`;
}

function picturesOf({ series, truth }: VirtualPatient): Picture[] {
  const { tslMs, signal } = series;
  const n = signal.length / tslMs.length;
  const first = signal.subarray(0, n);
  const white = first.slice().sort()[Math.floor(0.995 * n)]!;
  const { coarse, target } = coarseAndTarget(series);
  const inBody = (map: Float32Array): Float32Array =>
    map.map((value, i) => (first[i]! < AIR_SHARE * white ? Number.NaN : value));
  const map = (title: string, values: Float32Array, hasRoi: boolean): Picture => ({
    ...{ title, values, hasRoi },
    range: CUTOFF_MS,
    colours: 'viridis',
  });
  return [
    ...tslMs.map(
      (t, i): Picture => ({
        title: `TSL ${t} ms`,
        values: signal.subarray(i * n, (i + 1) * n),
        range: [0, white],
        colours: 'grey',
        hasRoi: i === 0,
      }),
    ),
    map('coarse, 25–65 ms', inBody(coarse), false),
    map('target', inBody(target), true),
    map('truth', truth.t1rho.values, false),
    { title: 'ΔB0, ±200 Hz', values: truth.b0.values, range: [-200, 200], colours: 'magma', hasRoi: false },
    { title: 'b1, 0.6–1.4', values: truth.b1.values, range: [0.6, 1.4], colours: 'magma', hasRoi: false },
  ];
}

function paint(picture: Omit<Picture, 'title'>, { series, roi }: VirtualPatient, k: number): Uint8Array {
  const { nColumns, nRows } = series.grid;
  const table = colourTable(picture.colours);
  const rgba = new Uint8Array(4 * nColumns * nRows);
  const offset = k * nColumns * nRows;
  for (let i = 0; i < nColumns * nRows; i++) {
    const value = picture.values[offset + i]!;
    if (Number.isFinite(value)) {
      const entry = 3 * colourIndex(value, picture.range);
      rgba.set(table.subarray(entry, entry + 3), 4 * i);
    }
    const label = roi.labels[offset + i]!;
    const isEdge = label !== roi.labels[offset + i + 1] || label !== roi.labels[offset + i + nColumns];
    if (picture.hasRoi && isEdge) rgba.set([255, 60, 60], 4 * i);
    rgba[4 * i + 3] = 255;
  }
  return encodePng(nColumns, nRows, rgba);
}
