import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { expect, it } from 'vitest';
import { createWarningSink } from '../src/core/warnings.ts';
import { formatTag } from '../src/io/dicom/dictionary.ts';
import { openDicom } from '../src/io/dicom/part10.ts';

/** Every element of every file lies where an independent reader, dicom-parser, finds it. */
const DATA = join(import.meta.dirname, 'data/dicom');
/** dicom-parser takes OV for a short VR, and needs an inflater; a file that breaks off it refuses, as we do. */
const BEYOND_IT = /extended-offsets|deflated|MR_truncated/;

const files = readdirSync(DATA, { recursive: true, encoding: 'utf8' }).filter(
  (name) =>
    name.includes('/') &&
    !name.endsWith('LICENSE') &&
    !BEYOND_IT.test(name) &&
    statSync(join(DATA, name)).isFile(),
);

it.each(files)('%s', (name) => {
  const bytes = new Uint8Array(readFileSync(join(DATA, name)));
  const { dataSet } = openDicom(bytes, name, createWarningSink());
  const theirs = Object.values(dicomParser.parseDicom(bytes).elements)
    .map((e) => [`(${e.tag.slice(1, 5)},${e.tag.slice(5)})`, e.dataOffset])
    .filter(([tag]) => !String(tag).startsWith('(0002') && !String(tag).startsWith('(fffc'));
  const ours = [...dataSet.elements.values()].map((e) => [formatTag(e.tag), e.offset]);
  expect(ours.sort()).toEqual(theirs.sort());
});
