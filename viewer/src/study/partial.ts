/** A map that appears slice by slice. */
import { type ParametricMap, sliceSize } from '../../../src/index.ts';
import type { MapPart } from '../work/protocol.ts';
import type { Study } from './study.ts';

/** The slice that a study opens with comes first, then its neighbours outwards. */
export function middleFirst(nSlices: number): number[] {
  const middle = middleSlice(nSlices);
  return Array.from({ length: nSlices }, (_, k) => k).sort(
    (a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b,
  );
}

export const middleSlice = (nSlices: number): number => Math.floor((nSlices - 1) / 2);

export const isReady = ({ readySlices }: Study, slice: number): boolean =>
  readySlices === undefined || readySlices.includes(slice);

/** Writes a slice that has come into the maps of a study; what holds them is made anew, so that it is drawn again. */
export function withSlice(study: Study, { slice, maps }: Extract<MapPart, { kind: 'slice' }>): Study {
  const offset = slice * sliceSize(study.grid);
  const renewed = new Map<ParametricMap, ParametricMap>();
  study.roiMaps.forEach((map, i) => {
    map.values.set(maps[i]!.values, offset);
    map.status.set(maps[i]!.status, offset);
    renewed.set(map, { ...map });
  });
  const renew = (map: ParametricMap): ParametricMap => renewed.get(map) ?? map;
  const holding = <T extends { readonly map: ParametricMap }>(part: T): T =>
    renewed.has(part.map) ? { ...part, map: renew(part.map) } : part;
  return {
    ...study,
    readySlices: [...(study.readySlices ?? []), slice],
    main: renew(study.main),
    doubt: study.doubt && holding(study.doubt),
    layers: study.layers.map(holding),
    roiMaps: study.roiMaps.map(renew),
    decays: study.decays.map(holding),
  };
}
