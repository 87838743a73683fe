import { beforeAll, describe, expect, it } from 'vitest';
import { sized, sizeTag } from '../../../test/support/size.ts';
import { createRandom } from '../../core/random.ts';
import { drawParticipants, type Participant } from '../participants.ts';
import { drawReaderRoi } from '../reader.ts';
import { type Anatomy, type SampleBox, TISSUE_INDEX, TISSUES } from '../scene.ts';
import { drawAnatomy } from './draw-anatomy.ts';

/** All stages, so that scarred livers are tested too. */
const COMPOSITION = { sex: { M: 1, F: 1 }, stages: [2, 1, 1, 1, 2] } as const;
const N_PATIENTS = sized(10, 200);

interface Subject {
  readonly who: Participant;
  readonly body: Anatomy;
  /** Volumes in ml by tissue, from a lattice of 5 mm. */
  readonly millilitres: readonly number[];
  readonly labels: Uint8Array;
}

const LATTICE: SampleBox = { originMm: [-230, -180, -150], stepMm: [5, 5, 5], size: [93, 73, 52] };
const T = TISSUE_INDEX;
const LIVER = new Set([T.liver, T['portal-vein'], T['hepatic-vein'], T['bile-duct'], T['slow-blood']]);

const draw = (who: Participant): Subject => {
  const body = drawAnatomy(who, createRandom('anatomy test').fork(who.id));
  const labels = body.labels(LATTICE);
  const millilitres = TISSUES.map(() => 0);
  for (const label of labels) millilitres[label]! += 0.125;
  return { who, body, labels, millilitres };
};

let subjects: Subject[] = [];
beforeAll(() => {
  subjects = drawParticipants(N_PATIENTS, COMPOSITION, createRandom('people')).map(draw);
}, 300_000);

/** Every label, and the one to its left and above it, in the lattice's planes. */
function neighbours(labels: Uint8Array, visit: (a: number, b: number) => void): void {
  const [nx, ny] = LATTICE.size;
  for (let at = nx; at < labels.length; at++) {
    if (at % nx > 0) visit(labels[at]!, labels[at - 1]!);
    if (Math.floor(at / nx) % ny > 0) visit(labels[at]!, labels[at - nx]!);
  }
}

describe(`virtual bodies ${sizeTag(N_PATIENTS, 'bodies')}`, { timeout: 300_000 }, () => {
  it('have organs of human size', () => {
    for (const { who, millilitres } of subjects) {
      const volume = [...LIVER].reduce((sum, tissue) => sum + millilitres[tissue]!, 0);
      expect(volume, `liver of ${who.id}`).toBeGreaterThan(850);
      expect(volume, `liver of ${who.id}`).toBeLessThan(2500);
      expect(millilitres[T.spleen], `spleen of ${who.id}`).toBeGreaterThan(60);
      expect(millilitres[T.spleen], `spleen of ${who.id}`).toBeLessThan(650);
      expect(millilitres[T.kidney], `kidneys of ${who.id}`).toBeGreaterThan(100);
      expect(millilitres[T.lung]).toBeGreaterThan(500);
    }
    const livers = subjects.map((s) => s.millilitres[T.liver]!);
    const mean = livers.reduce((a, b) => a + b, 0) / livers.length;
    expect(mean).toBeGreaterThan(1150);
    expect(mean).toBeLessThan(1850);
  });

  it('keep organs and lungs within the wall', () => {
    const inner = new Set(
      (
        ['liver', 'spleen', 'kidney', 'pancreas', 'lung', 'gas', 'fluid', 'bile', 'artery', 'csf'] as const
      ).map((tissue) => T[tissue]),
    );
    for (const { who, labels } of subjects) {
      let touching = 0;
      neighbours(labels, (a, b) => {
        if ((a === T.air && inner.has(b)) || (b === T.air && inner.has(a))) touching++;
      });
      expect(touching, who.id).toBe(0);
    }
  });

  it('have kidneys with a medulla that lies within them', () => {
    const allowed = new Set([T.kidney, T['kidney-medulla'], T.fat]);
    for (const { who, body } of subjects) {
      const labels = body.labels({ originMm: [-120, -110, -90], stepMm: [1, 1, 1], size: [240, 120, 1] });
      const medulla = labels.filter((v) => v === T['kidney-medulla']).length;
      const cortex = labels.filter((v) => v === T.kidney).length;
      expect(medulla / (medulla + cortex), who.id).toBeGreaterThan(0.1);
      expect(medulla / (medulla + cortex), who.id).toBeLessThan(0.6);
      let outside = 0;
      labels.forEach((v, i) => {
        if (v === T['kidney-medulla'] && [i - 1, i - 240].some((j) => !allowed.has(labels[j] ?? T.kidney)))
          outside++;
      });
      expect(outside / medulla, who.id).toBeLessThan(0.05);
    }
  });

  it('let the heart dent the liver from in front, as no island within its left lobe', () => {
    let islands = 0;
    for (const { body } of subjects) {
      const [nx, ny] = [150, 110];
      const labels = body.labels({
        originMm: [-100, 20, body.sliceZMm[2]!],
        stepMm: [1, 1, 1],
        size: [nx, ny, 1],
      });
      // What can be reached from the frame without crossing liver; muscle that cannot is an island.
      const reached = new Uint8Array(nx * ny);
      const stack = [...labels.keys()].filter((i) => {
        const [x, y] = [i % nx, Math.floor(i / nx)];
        return (x === 0 || y === 0 || x === nx - 1 || y === ny - 1) && !LIVER.has(labels[i]!);
      });
      for (const i of stack) reached[i] = 1;
      for (let i = stack.pop(); i !== undefined; i = stack.pop())
        for (const j of [i - 1, i + 1, i - nx, i + nx])
          if (j >= 0 && j < nx * ny && reached[j] === 0 && !LIVER.has(labels[j]!)) {
            reached[j] = 1;
            stack.push(j);
          }
      const enclosed = labels.filter((v, i) => v === T.muscle && reached[i] === 0).length;
      if (enclosed > 20) islands++;
    }
    expect(islands).toBe(0);
  });

  it('part liver and lung by the diaphragm, and show no lung at the hilum', () => {
    for (const { who, body } of subjects) {
      const hilum = body.labels({ ...LATTICE, originMm: [-230, -180, -75], size: [93, 73, 1] });
      expect(hilum.includes(T.lung), who.id).toBe(false);
      const dome = body.labels({ ...LATTICE, originMm: [-230, -180, body.sliceZMm[2]!], size: [93, 73, 1] });
      expect(dome.includes(T.lung), who.id).toBe(true);
    }
  });

  it('have liver in all three slices, and vessels in a plausible share of it', () => {
    for (const { who, body } of subjects) {
      expect(body.sliceZMm).toHaveLength(3);
      let [liver, vessels] = [0, 0];
      for (const z of body.sliceZMm) {
        const labels = body.labels({ originMm: [-190, -150, z], stepMm: [1, 1, 1], size: [380, 300, 1] });
        const area = labels.filter((v) => v === T.liver).length;
        expect(area, `${who.id} at ${z} mm`).toBeGreaterThan(4000);
        liver += area;
        vessels += labels.filter(
          (v) => v === T['portal-vein'] || v === T['hepatic-vein'] || v === T['bile-duct'],
        ).length;
      }
      // 2–8 % with the large trunks; slow blood apart.
      expect(vessels / (liver + vessels), who.id).toBeGreaterThan(0.008);
      expect(vessels / (liver + vessels), who.id).toBeLessThan(0.1);
    }
  });

  it('give a reader a region inside the liver in every slice', () => {
    for (const { who, body } of subjects) {
      const z = body.sliceZMm;
      const grid = {
        nColumns: 192,
        nRows: 192,
        nSlices: 3,
        affine: [-2, 0, 0, 191, 0, -2, 0, 191, 0, 0, z[1]! - z[0]!, z[0]!, 0, 0, 0, 1],
      };
      for (const style of ['careful', 'careless'] as const)
        for (let slice = 0; slice < 3; slice++) {
          const roi = drawReaderRoi(body, grid, slice, createRandom(who.id).fork(slice), { style });
          const labels = body.labels({
            originMm: [191, 191, z[slice]!],
            stepMm: [-2, -2, 1],
            size: [192, 192, 1],
          });
          const area = roi.reduce((sum, v) => sum + 4 * v, 0);
          expect(area, `${who.id} slice ${slice} ${style}`).toBeGreaterThan(500);
          expect(area, `${who.id} slice ${slice} ${style}`).toBeLessThan(style === 'careful' ? 5000 : 12000);
          let [parenchyma, outside] = [0, 0];
          roi.forEach((v, i) => {
            if (v === 1 && !LIVER.has(labels[i]!)) outside++;
            if (v === 1 && labels[i] === T.liver) parenchyma += 4;
          });
          expect(outside, `${who.id} slice ${slice} ${style}`).toBe(0);
          if (style === 'careful') expect(parenchyma / area, who.id).toBeGreaterThan(0.9);
        }
    }
  });

  it('are the same for the same seed and different for another', () => {
    const { who, labels } = subjects[0]!;
    expect(draw(who).labels).toEqual(labels);
    const other = drawAnatomy(who, createRandom('another seed')).labels(LATTICE);
    let differing = 0;
    labels.forEach((v, i) => {
      if (v !== other[i]) differing++;
    });
    expect(differing / labels.length).toBeGreaterThan(0.03);
  });

  it('agree between samplings where points coincide', () => {
    const { body } = subjects[1]!;
    const coarse = body.labels({ originMm: [-180, -120, -20], stepMm: [6, 5, 10], size: [61, 49, 5] });
    const fine = body.labels({ originMm: [180, 120, 20], stepMm: [-3, -5, -5], size: [121, 49, 9] });
    let differing = 0;
    for (let k = 0; k < 5; k++)
      for (let j = 0; j < 49; j++)
        for (let i = 0; i < 61; i++)
          if (coarse[(k * 49 + j) * 61 + i] !== fine[((8 - 2 * k) * 49 + 48 - j) * 121 + 120 - 2 * i])
            differing++;
    expect(differing).toBe(0);
  });

  it('vary T1rho smoothly around 1, more with scarring, and as strongly as asked', () => {
    const box: SampleBox = { originMm: [-100, -100, 0], stepMm: [2, 2, 1], size: [100, 100, 1] };
    const sd = (values: Float32Array): number => {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    };
    const [healthy, cirrhotic] = ([0, 4] as const).map((stage) => {
      const who = { ...subjects[0]!.who, stage };
      return sd(drawAnatomy(who, createRandom('t')).liverT1rhoFactor(box));
    });
    expect(cirrhotic! / healthy!).toBeGreaterThan(1.1);
    const flat = drawAnatomy(subjects[0]!.who, createRandom('t'), {
      regionalSd: 0,
      textureSd: 0,
      fastShareSd: 0,
    });
    expect(flat.liverT1rhoFactor(box).every((v) => v === 1)).toBe(true);
    expect(flat.fastShareFactor(box).every((v) => v === 1)).toBe(true);
  });
});
