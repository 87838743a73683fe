/** Gateways to test: what they are told, and series to send to them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { smallModel } from './model.ts';
import { writeSpinLockSeries } from './spin-lock-dicom.ts';

const ROOT = '1.2.826.0.1.3680043.10.9';
export const studyUid = (n: number): string => `${ROOT}.1.${n}`;
export const seriesUid = (n: number): string => `${ROOT}.2.${n}`;

/** 12 images of a series of its own, in a study of its own. */
export function writeNumberedSeries(folder: string, n: number, description = 'T1rho liver'): string[] {
  mkdirSync(folder, { recursive: true });
  const attributes = {
    ...{ StudyInstanceUID: studyUid(n), SeriesInstanceUID: seriesUid(n), SeriesDescription: description },
    ...{ FrameOfReferenceUID: `${ROOT}.3.${n}`, PatientID: `P${n}`, AccessionNumber: `A${n}` },
  };
  return writeSpinLockSeries(folder, attributes, undefined, `${ROOT}.4.${n}`);
}

export interface GatewayFile {
  readonly path: string;
  /** Of its images, queue and parked ones. */
  readonly folder: string;
  readonly port: number;
  readonly healthPort: number;
}

/** Writes `gateway.json` and a small network beside it. */
export function writeGatewayFile(
  folder: string,
  stowUrl: string,
  port: number,
  more: object = {},
  node: object = {},
): GatewayFile {
  writeFileSync(join(folder, 'model.onnx'), smallModel());
  const path = join(folder, 'gateway.json');
  const config = {
    schemaVersion: 1,
    folder: 'state',
    node: { port, aeTitle: 'RHOMAP', peers: [{ aeTitle: 'SCANNER', address: '127.0.0.1' }], ...node },
    rules: [
      {
        name: 'liver',
        match: { seriesDescription: 't1rho' },
        ...{ tslMs: [0, 10, 30, 50], nSlices: 3, model: 'model.onnx' },
      },
    ],
    send: { stow: { url: stowUrl } },
    health: { port: port + 1 },
    ...{
      quietSeconds: 0.2,
      partialSeconds: 2,
      minFreeMb: 0,
      retry: { limit: 20, firstSeconds: 1, maxSeconds: 4 },
    },
    ...more,
  };
  writeFileSync(path, JSON.stringify(config));
  return { path, folder: join(folder, 'state'), port, healthPort: port + 1 };
}
