/** The pictures of a patient's page: a row per slice, from the first image to what refinement leaves of the region. */
import { sliceSize } from '../../core/grid.ts';
import { quantileOfSorted } from '../../core/statistics.ts';
import { VOXEL_STATUS } from '../../core/status.ts';
import type { Mask, ParametricMap } from '../../core/volume.ts';
import { REMOVAL } from '../../roi/refine.ts';
import { COLOUR_BAR_WIDTH, colourBar } from '../colour-bar.ts';
import type { ColourMapName } from '../colour-maps.ts';
import { sliceDisplay } from '../slice-display.ts';
import { slicePanel } from '../slice-panel.ts';
import { element, escapeXml } from '../svg.ts';
import { THEME } from '../theme.ts';
import { bodyCrop } from './crop.ts';
import type { PatientReport } from './patient-report.ts';

/** Above this a pixel says little about a liver: healthy ones differ by 2–3 ms. */
const UNCERTAINTY_RANGE_MS = [0, 6] as const;
/** Slices shown at once; more are folded away. */
const MOST_SLICES = 3;
const BOX = 300;

interface Column {
  readonly title: string;
  readonly map: ParametricMap;
  readonly colours: ColourMapName;
  readonly range: readonly [number, number];
  readonly roi?: Mask | undefined;
  readonly underlay?: Float32Array;
}

/** HTML of all pictures. Slices with a region come first. */
export function patientPictures(report: PatientReport): string {
  const columns = columnsOf(report);
  const { nSlices } = report.t1rho.grid;
  const slices = Array.from({ length: nSlices }, (_, k) => k);
  const hasRegion = (k: number): boolean =>
    report.roi === undefined ||
    report.roi.labels
      .subarray(k * sliceSize(report.roi.grid), (k + 1) * sliceSize(report.roi.grid))
      .some((label) => label > 0);
  const ordered = [...slices.filter(hasRegion), ...slices.filter((k) => !hasRegion(k))];
  const row = (k: number): string => sliceRow(columns, k, report.hasOrientation);
  const more = ordered.slice(MOST_SLICES);
  const folded =
    more.length > 0
      ? `<details><summary>${more.length} more ${more.length === 1 ? 'slice' : 'slices'}</summary>${more.map(row).join('')}</details>`
      : '';
  return `${ordered.slice(0, MOST_SLICES).map(row).join('')}${folded}`;
}

function columnsOf(report: PatientReport): Column[] {
  const { t1rho, uncertainty, coarse, roi, refined, cutoffMs } = report;
  const crop = bodyCrop(t1rho);
  const cutMap = (map: ParametricMap): ParametricMap => ({
    ...map,
    grid: crop.grid,
    values: crop.cut(map.values),
    status: crop.cut(map.status),
  });
  const cutMask = roi && { ...roi, grid: crop.grid, labels: crop.cut(roi.labels) };
  const image = crop.cut(report.firstImage);
  const ok = new Uint8Array(image.length);
  const bright = quantileOfSorted(image.filter(Number.isFinite).sort(), 0.995) || 1;
  const shown = cutMap(t1rho);
  return [
    {
      title: `First image (TSL ${report.usedTslMs[0]} ms)`,
      map: { grid: crop.grid, name: 'image', unit: '1', values: image, status: ok },
      ...{ colours: 'grey', range: [0, bright], roi: cutMask },
    },
    { title: 'Coarse map', map: cutMap(coarse), colours: 'viridis', range: cutoffMs, roi: cutMask },
    { title: 'Refined map', map: shown, colours: 'viridis', range: cutoffMs, roi: cutMask },
    ...(uncertainty
      ? [
          {
            ...{ title: 'Uncertainty (SD)', map: cutMap(uncertainty), colours: 'magma' as const },
            ...{ range: UNCERTAINTY_RANGE_MS, roi: cutMask },
          },
        ]
      : []),
    ...(refined
      ? [
          {
            title: 'What stays of the region',
            map: onlyKept(shown, crop.cut(refined.removal)),
            ...{ colours: 'viridis' as const, range: cutoffMs, roi: cutMask, underlay: image },
          },
        ]
      : []),
  ];
}

/** The map where pixels stayed, over the image. */
const onlyKept = (map: ParametricMap, removal: Uint8Array): ParametricMap => ({
  ...map,
  status: map.status.map((code, p) => (removal[p] === REMOVAL.kept ? code : VOXEL_STATUS.masked)),
});

function sliceRow(columns: readonly Column[], slice: number, hasMarks: boolean): string {
  const figures = columns.map(({ title, map, colours, range, roi, underlay }) => {
    const display = sliceDisplay(map.grid);
    const { svg, width, height } = slicePanel({
      ...{ map, slice, display, box: BOX, hasMarks },
      style: { range, colours, marksCutoffs: colours === 'viridis', ...(underlay && { underlay }) },
      ...(roi && { roi }),
    });
    const label = `${title}, slice ${slice + 1}`;
    return `<figure><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(label)}" font-family="${escapeXml(THEME.font)}">${svg}</svg><figcaption>${escapeXml(title)}</figcaption></figure>`;
  });
  return `<div class="slice">${figures.join('')}</div>`;
}

/** The colour bars of all pictures. */
export function patientBars({ cutoffMs, uncertainty }: PatientReport): string {
  const ink = { text: 'var(--ink)', faint: 'var(--faint)' };
  const bar = (words: string, colours: ColourMapName, range: readonly [number, number]): string => {
    const inner = colourBar({ x: 4, y: 46, height: 84, colours, range, unit: 'ms', arrows: [], ink });
    const name = element('text', { x: 34, y: 22, 'font-size': 12, fill: ink.text }, words);
    return `<svg width="${COLOUR_BAR_WIDTH + 90}" height="142" role="img" aria-label="${words}: ${range[0]} to ${range[1]} ms" font-family="${escapeXml(THEME.font)}">${name}${inner}</svg>`;
  };
  return (
    bar('T1ρ', 'viridis', cutoffMs) + (uncertainty ? bar('Uncertainty', 'magma', UNCERTAINTY_RANGE_MS) : '')
  );
}
