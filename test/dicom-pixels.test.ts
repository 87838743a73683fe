import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWarningSink } from '../src/core/warnings.ts';
import { parseDicom } from '../src/io/dicom/image.ts';
import { decodePixels } from '../src/io/dicom/pixels.ts';

/** Golden data: `make-reference.py` read the same files with pydicom, dcmtk and Pillow. */
const DATA = join(import.meta.dirname, 'data/dicom');
const reference: Record<string, string[]> = JSON.parse(readFileSync(join(DATA, 'reference.json'), 'utf8'));

const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(DATA, name)));
const parse = (name: string, bytes = read(name)) => parseDicom(bytes, name, createWarningSink());
const sha256 = (values: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

describe('pixel values equal an independent reader’s', () => {
  it.each(Object.keys(reference))('%s', async (name) => {
    const bytes = read(name);
    const frames = await decodePixels(parse(name, bytes), bytes);
    expect(frames.map(sha256)).toEqual(reference[name]);
  });
});
