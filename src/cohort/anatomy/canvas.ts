/**
 * The plane an anatomy paints on, with the body's own distortion: every outline is bent by smooth random displacements
 * that all organs share, so that neighbours stay neighbours while no edge is straight and no side mirrors the other.
 */
import type { Random } from '../../core/random.ts';
import type { TubeSegment } from './raster.ts';
import { createScratch, fillPolygon, fillTube, type LabelSet, type Plane, type Polygon } from './raster.ts';
import { createSmoothField, type SmoothField } from './smooth-field.ts';

export interface Canvas {
  readonly zMm: number;
  /** Fills an outline of the body wall or skeleton (bent at large scale only). */
  fillFrame(polygon: Polygon, label: number, onto?: LabelSet): void;
  /** Fills an outline of an inner organ (bent at large and middle scale). */
  fill(polygon: Polygon, label: number, onto?: LabelSet): void;
  /** Paints a vessel segment, given in the world (already bent). */
  fillTube(segment: TubeSegment, label: number, onto?: LabelSet): void;
  /** Fills everything in front of y (world): where gas collects above fluid in a patient on the back. */
  fillInFrontOf(yMm: number, label: number, onto: LabelSet): void;
}

/** One step of the painter: everything it draws in the canvas's plane. */
export type Part = (canvas: Canvas) => void;

export interface Warp {
  /** The displacement fields in one plane. */
  plane(zMm: number): PlaneWarp;
  /** Where a point of an inner organ comes to lie in the world. */
  point(point: Point): Point;
}

export type Point = readonly [number, number, number];

export interface PlaneWarp {
  /** Bends the outline: `frame` at large scale only. */
  bend(polygon: Polygon, kind: 'frame' | 'organ'): Polygon;
}

/** Large scale: asymmetry and posture. Middle scale: the shapes of organs. */
const SCALES = { large: { cellMm: 85, sdMm: 3.2 }, middle: { cellMm: 24, sdMm: 1.5 } } as const;

/** Draws the distortion: turn and shift of the whole body on the table, then displacements at both scales. */
export function drawWarp(random: Random): Warp {
  const turn = 0.035 * random.normal();
  const shift = [5 * random.normal(), 3 * random.normal()] as const;
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const fields = (scale: 'large' | 'middle'): [SmoothField, SmoothField] => {
    const field = (axis: string) => createSmoothField(random.fork(scale + axis), SCALES[scale].cellMm);
    return [field('x'), field('y')];
  };
  const [largeFields, middleFields] = [fields('large'), fields('middle')];
  const plane = (zMm: number): PlaneWarp => {
    const [largeX, largeY] = [largeFields[0].plane(zMm), largeFields[1].plane(zMm)];
    const [middleX, middleY] = [middleFields[0].plane(zMm), middleFields[1].plane(zMm)];
    const bend = (polygon: Polygon, kind: 'frame' | 'organ'): Polygon => {
      const out = new Float64Array(polygon.length);
      for (let i = 0; i < polygon.length; i += 2) {
        const x = polygon[i]!;
        const y = polygon[i + 1]!;
        let bx = x + SCALES.large.sdMm * largeX(x, y);
        let by = y + SCALES.large.sdMm * largeY(x, y);
        if (kind === 'organ') {
          bx += SCALES.middle.sdMm * middleX(x, y);
          by += SCALES.middle.sdMm * middleY(x, y);
        }
        out[i] = c * bx - s * by + shift[0];
        out[i + 1] = s * bx + c * by + shift[1];
      }
      return out;
    };
    return { bend };
  };
  return {
    plane,
    point: ([x, y, z]) => {
      const [bx, by] = plane(z).bend(Float64Array.of(x, y), 'organ');
      return [bx!, by!, z];
    },
  };
}

export function createCanvas(plane: Plane, warp: Warp): Canvas {
  const scratch = createScratch(plane.box.size[1]);
  const bends = warp.plane(plane.zMm);
  return {
    zMm: plane.zMm,
    fillFrame: (polygon, label, onto) =>
      fillPolygon(plane, bends.bend(polygon, 'frame'), label, onto, scratch),
    fill: (polygon, label, onto) => fillPolygon(plane, bends.bend(polygon, 'organ'), label, onto, scratch),
    fillTube: (segment, label, onto) => fillTube(plane, segment, label, onto),
    fillInFrontOf: (yMm, label, onto) => {
      const far = 1000;
      fillPolygon(plane, Float64Array.of(-far, yMm, far, yMm, far, far, -far, far), label, onto, scratch);
    },
  };
}
