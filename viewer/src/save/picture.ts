/** The picture of a slice as the command line draws it, with colour bar and legend, as PNG. */
import { imageAt, type Mask, mapPreviewSvg, VERSION, VOXEL_STATUS } from '../../../src/index.ts';
import type { Layer, Study } from '../study/study.ts';

export interface PictureRequest {
  readonly layer: Layer;
  readonly range: readonly [number, number];
  readonly slice: number;
  readonly roi?: Mask | undefined;
  /** Air is shown as in the first image, not as values. */
  readonly hidesAir: boolean;
}

export function pictureSvg(study: Study, request: PictureRequest): string {
  const { layer, range, slice, roi, hidesAir } = request;
  const { air, series } = study;
  const isHidden = hidesAir && air !== undefined && series !== undefined && layer.group !== 'images';
  const status = isHidden
    ? layer.map.status.map((code, p) => (air[p] === 1 ? VOXEL_STATUS.masked : code))
    : layer.map.status;
  return mapPreviewSvg({
    map: { ...layer.map, unit: layer.unit || '1', status },
    slices: [slice],
    range,
    title: layer.label,
    subtitle: study.method,
    footer: `rhomap ${VERSION} · research use only`,
    colours: layer.colours,
    marksCutoffs: layer.marksCutoffs,
    orientation: study.orientation === 'none' ? 'none' : 'known',
    ...(isHidden && { underlay: imageAt(series, 0) }),
    ...(roi && { roi }),
  });
}

export const svgAddress = (svg: string): string =>
  `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

/** Screens show a PNG at half its size. */
const SCALE = 2;

export async function picturePng(svg: string): Promise<Uint8Array> {
  const image = new Image();
  image.src = svgAddress(svg);
  await image.decode();
  const canvas = new OffscreenCanvas(SCALE * image.naturalWidth, SCALE * image.naturalHeight);
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}
