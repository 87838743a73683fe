/** Mistakes that a first user makes, command by command: one sentence that names the thing, exit code 1 or 2, nothing left behind. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { multiplyAffine } from '../src/core/affine.ts';
import { type Grid, voxelCount } from '../src/core/grid.ts';
import { writeNifti } from '../src/io/nifti/write.ts';
import { rhomap, temporaryFolder } from './support/cli.ts';
import { decayingSignal, SMALL_GRID, writeMask, writeSeries } from './support/series.ts';
import { writeSpinLockSeries } from './support/spin-lock-dicom.ts';

const TSL = [0, 10, 30, 50];

/** A folder with a series `scan.nii.gz`, its mask `mask.nii.gz` and things that are neither. */
function inputs(): { readonly folder: string; readonly at: (name: string) => string } {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  writeSeries(at('scan.nii.gz'), TSL);
  writeMask(at('mask.nii.gz'));
  const whole = readFileSync(at('scan.nii.gz'));
  writeFileSync(at('cut.nii.gz'), whole.subarray(0, whole.length / 2));
  writeFileSync(at('empty.nii'), '');
  writeFileSync(at('text.txt'), 'no image');
  for (const name of ['damaged', 'other', 'nothing']) mkdirSync(at(name));
  writeFileSync(at('damaged/summary.json'), '{"command":');
  writeFileSync(at('other/summary.json'), 'null');
  return { folder, at };
}

/** Runs a call in which `@name` is a file of `inputs`, and demands that it is refused in one sentence. */
async function expectRefused(
  { folder, at }: ReturnType<typeof inputs>,
  argv: string,
  code: number,
  words: RegExp,
): Promise<void> {
  const before = readdirSync(folder).sort();
  const call = argv.split(' ').map((word) => (word.startsWith('@') ? at(word.slice(1)) : word));
  const result = await rhomap(...call);
  expect(result.code, result.error).toBe(code);
  const sentences = result.error.split('\n').filter((line) => line.startsWith('rhomap: '));
  expect(sentences).toEqual([expect.stringMatching(words)]);
  expect(readdirSync(folder).sort()).toEqual(before);
}

const FIT = 'fit @scan.nii.gz -o @maps --tsl';
const MAP = 'map @scan.nii.gz -o @maps --tsl';

describe('a mistake', () => {
  it.each<[string, string, number, RegExp]>([
    ['a method that is none', `${FIT} 0,10,30,50 --method foo`, 2, /--method.*foo.*nlls/],
    ['a cut-off upside down', `${FIT} 0,10,30,50 --cutoff-ms 65,25`, 2, /--cutoff-ms.*below.*65,25/],
    ['half a cut-off', `${FIT} 0,10,30,50 --cutoff-ms 25`, 2, /--cutoff-ms.*2 numbers.*25/],
    ['a cut-off in words', `${FIT} 0,10,30,50 --cutoff-ms high`, 2, /--cutoff-ms.*numbers.*high/],
    ['Rician without noise', `${FIT} 0,10,30,50 --method rician`, 2, /needs the noise level.*--noise-sigma/],
    ['seconds', `${FIT} 0,0.01,0.03,0.05`, 2, /look like seconds.*\(0, 10, 30, 50\)/],
    ['a time over 200 ms', `${FIT} 0,10,30,500`, 2, /TSL 500 is outside 0–200 ms/],
    ['a time below 0', `${FIT} 0,10,-30,50`, 2, /TSL -30 is outside 0–200 ms/],
    ['a time twice', `${FIT} 0,10,10,50`, 2, /TSL 10 ms occurs twice/],
    ['a single time', `${FIT} 10`, 2, /1 TSL value \(10\) for 4 images/],
    ['too few times', `${FIT} 0,10`, 2, /2 TSL values \(0, 10\) for 4 images/],
    ['times in words', `${FIT} zero,ten`, 2, /--tsl.*numbers/],
    ['no times', 'fit @scan.nii.gz -o @maps', 2, /--tsl/],
    ['a truncated file', 'fit @cut.nii.gz -o @maps --tsl 0,10,30,50', 1, /cut\.nii\.gz/],
    ['an empty file', 'fit @empty.nii -o @maps --tsl 0,10,30,50', 1, /empty\.nii/],
    ['a text', 'fit @text.txt -o @maps --tsl 0,10,30,50', 1, /text\.txt/],
    [
      'the input as its own mask',
      `${FIT} 0,10,30,50 --roi @scan.nii.gz`,
      2,
      /scan\.nii\.gz is the only image.*mask/,
    ],
    ['a truncated mask', `${FIT} 0,10,30,50 --roi @cut.nii.gz`, 1, /cut\.nii\.gz/],
    ['a mask that is none', `${FIT} 0,10,30,50 --roi @text.txt`, 1, /text\.txt/],
    ['a mask that is not there', `${FIT} 0,10,30,50 --roi @no.nii`, 2, /no\.nii does not exist/],
    ['a mask that is a folder', `${FIT} 0,10,30,50 --roi @nothing`, 1, /no file in/],
    [
      'an output below a file',
      'fit @scan.nii.gz --tsl 0,10,30,50 -o @text.txt/maps',
      2,
      /text\.txt\/maps is a file, or/,
    ],
    ['an output without a name', 'fit @scan.nii.gz --tsl 0,10,30,50 -o ', 2, /output folder has no name/],
    [
      'a noise floor above the signal',
      `${FIT} 0,10,30,50 --noise-floor 1e9`,
      1,
      /no voxel has a signal.*no-signal 240/,
    ],
    ['map: a model that is not there', `${MAP} 0,10,30,50 --model nope`, 2, /no model nope/],
    ['map: a model that is none', `${MAP} 0,10,30,50 --model @text.txt`, 1, /text\.txt.*not ONNX/],
    ['map: times that are not there', `${MAP} 0,10,30,50 --map-from 0,20`, 2, /20/],
    ['map: an input that is not there', 'map @no -o @maps --tsl 0,50', 2, /no does not exist/],
    ['map: a truncated file', 'map @cut.nii.gz -o @maps --tsl 0,10,30,50', 1, /cut\.nii\.gz/],
    ['roi: no folder', 'roi @no --roi @mask.nii.gz -o @out', 1, /no holds no summary\.json/],
    [
      'roi: a folder of something else',
      'roi @nothing --roi @mask.nii.gz -o @out',
      1,
      /nothing holds no summary\.json/,
    ],
    ['roi: a damaged record', 'roi @damaged --roi @mask.nii.gz -o @out', 1, /damaged holds no summary\.json/],
    [
      'roi: a record of something else',
      'roi @other --roi @mask.nii.gz -o @out',
      1,
      /other holds no summary\.json/,
    ],
    ['change: no folders', 'change @no @nothing', 1, /no holds no numbers of regions/],
    ['change: a damaged record', 'change @damaged @damaged', 1, /damaged holds no numbers of regions/],
    ['change: files', 'change @scan.nii.gz @mask.nii.gz', 1, /scan\.nii\.gz holds no numbers of regions/],
    ['change: one visit', 'change @nothing', 2, /second/],
    ['view: no folder', 'view @no --no-open', 2, /no does not exist/],
    ['view: an empty folder', 'view @nothing --no-open', 1, /no file in/],
    ['models: a model that is not there', 'models nope', 2, /no model nope/],
    ['models: a model that is none', 'models @text.txt', 1, /text\.txt.*not ONNX/],
    ['calibrate: no model', 'calibrate --data @nothing -o @out', 2, /--model/],
    [
      'calibrate: a model that is none',
      'calibrate --model @text.txt --data @nothing -o @out',
      1,
      /text\.txt|nothing/,
    ],
    ['calibrate: no data', 'calibrate --model liver-lbru --data @no -o @out', 2, /no does not exist/],
    [
      'bids: an output that is a file',
      'bids @scan.nii.gz --subject 1 --tsl 0,10,30,50 -o @text.txt',
      1,
      /text\.txt/,
    ],
  ])('%s', async (_, argv, code, words) => {
    await expectRefused(inputs(), argv, code, words);
  });

  it('times in another order are taken as they are, with a warning', async () => {
    const { at } = inputs();
    const { code, error } = await rhomap('fit', at('scan.nii.gz'), '--tsl', '50,30,10,0', '-o', at('maps'));
    expect(code).toBe(0);
    expect(error).toMatch(/\[tsl\/unordered\]/);
    expect(error).toMatch(/\[series\/rising\]/);
  });

  it.each([
    ['0', 0, /every voxel is 0 in all 4 images/],
    ['negative', -1, /no voxel is a number above 0 in all 4 images/],
    ['no number', Number.NaN, /no voxel is a number above 0 in all 4 images/],
  ])('images that are %s everywhere', async (_, value, words) => {
    const set = inputs();
    writeSeries(set.at('scan.nii.gz'), TSL, decayingSignal(TSL).fill(value));
    await expectRefused(set, `${FIT} 0,10,30,50`, 1, words);
    await expectRefused(set, `${MAP} 0,10,30,50`, 1, words);
  });
});

describe.skipIf(!existsSync('/proc/self'))('an output where the system makes no folders', () => {
  it.each([
    ['fit', 'fit @scan.nii.gz --tsl 0,10,30,50 -o /proc/rhomap'],
    ['bids', 'bids @scan.nii.gz --subject 1 --tsl 0,10,30,50 -o /proc/rhomap'],
    ['simulate', 'simulate --patients 1 --seed 1 -o /proc/rhomap'],
    ['cohort map', 'cohort map @ --tsl 0,10,30,50 -o /proc/rhomap'],
  ])('%s', async (_, argv) => {
    const set = inputs();
    await expectRefused(set, argv, 1, /Cannot write \/proc\/rhomap.*no folder can be made there/);
  });
});

describe('a mask on another grid', () => {
  const turned: Grid = {
    ...{ nColumns: 24, nRows: 20, nSlices: 2 },
    affine: multiplyAffine(SMALL_GRID.affine, [0.5, 0, 0, -0.25, 0, 0.5, 0, -0.25, 0, 0, 1, 0, 0, 0, 0, 1]),
  };
  const mask = (path: string, grid: Grid, orientation: 'scanner' | 'none' = 'scanner'): void =>
    writeFileSync(path, writeNifti({ grid, values: new Uint8Array(voxelCount(grid)).fill(1), orientation }));
  const series = (path: string, orientation: 'scanner' | 'none'): void =>
    writeFileSync(
      path,
      writeNifti({ grid: SMALL_GRID, values: decayingSignal(TSL), nVolumes: 4, orientation }),
    );

  it('that overlaps in the patient is resampled with a coded warning', async () => {
    const { at } = inputs();
    mask(at('mask.nii.gz'), turned);
    const { code, error } = await rhomap(
      ...['fit', at('scan.nii.gz'), '--tsl', '0,10,30,50', '-o', at('maps'), '--roi', at('mask.nii.gz')],
    );
    expect(code, error).toBe(0);
    expect(error).toMatch(/\[mask\/resampled\]/);
  });

  it('is refused where nothing relates it to the images', async () => {
    const set = inputs();
    const roi = `${FIT} 0,10,30,50 --roi @mask.nii.gz`;
    mask(set.at('mask.nii.gz'), turned, 'none');
    await expectRefused(set, roi, 1, /mask.*does not lie on the grid/);
    mask(set.at('mask.nii.gz'), { ...turned, affine: SMALL_GRID.affine });
    await expectRefused(set, roi, 1, /another matrix \(24×20×2/);
    mask(set.at('mask.nii.gz'), { ...turned, affine: turned.affine.map((v, i) => (i === 11 ? v + 900 : v)) });
    await expectRefused(set, roi, 1, /no region of this mask meets the images/);
    series(set.at('scan.nii.gz'), 'none');
    mask(set.at('mask.nii.gz'), turned);
    await expectRefused(set, roi, 1, /mask.*does not lie on the grid/);
  });

  it('regions of DICOM on images that do not know where left is', async () => {
    const set = inputs();
    mkdirSync(set.at('dicom'));
    writeSpinLockSeries(set.at('dicom'));
    series(set.at('scan.nii.gz'), 'none');
    const [image] = readdirSync(set.at('dicom'));
    await expectRefused(set, `${FIT} 0,10,30,50 --roi @dicom/${image}`, 1, /do not say which side is left/);
  });

  it('on the same grid without orientation is taken as it is', async () => {
    const { at } = inputs();
    series(at('scan.nii.gz'), 'none');
    mask(at('mask.nii.gz'), SMALL_GRID, 'none');
    const { code, error } = await rhomap(
      ...['fit', at('scan.nii.gz'), '--tsl', '0,10,30,50', '-o', at('maps'), '--roi', at('mask.nii.gz')],
    );
    expect(code, error).toBe(0);
  });
});
