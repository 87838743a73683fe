/** A model's card in Markdown, from what its file says about itself: what it is for, where it comes from, what it is worth. */
import { INTENDED_USE, type ModelInfo, statesUncertainty } from '../methods/model-info.ts';
import { type Calibration, refinementThresholdOf } from '../uncertainty/calibration.ts';

export interface ModelCardFacts {
  readonly name: string;
  readonly sha256: string;
  readonly nBytes: number;
  readonly info: ModelInfo;
  readonly calibration?: Calibration | undefined;
}

export function modelCard({ name, sha256, nBytes, info, calibration }: ModelCardFacts): string {
  const { method, training, pixelMm, imageSize } = info;
  const [low, high] = info.cutoffMs;
  const facts: readonly (readonly [string, string])[] = [
    ['file', `${(nBytes / 1e6).toFixed(1)} MB, SHA-256 \`${sha256}\``],
    ['method', `${method.title}: ${info.inputs.join(', ')} in, ${outputWords(info)} out`],
    ...(info.scaleFrom
      ? ([
          [
            'uncertainty',
            `of a second network in the file, ${info.scaleFrom.method.toUpperCase()}, SHA-256 \`${info.scaleFrom.sha256}\``,
          ],
        ] as const)
      : []),
    ['maps from', `TSL ${info.coarseTslMs.join(' and ')} ms`],
    ['cut-off', `${low}–${high} ms: values outside are clamped`],
    [
      'images seen',
      `${imageSize}×${imageSize} pixels${pixelMm === null ? '' : ` of ${pixelMm.toFixed(2)} mm`}`,
    ],
    ['scaling', 'maps (T − 25 ms)/40 ms; images by the 99th percentile of the first'],
    ...(training
      ? ([
          ['trained on', training.data ?? `${training.nPatients} patients, ${training.nSlices} slices`],
          [
            'training',
            `best of ${training.nSteps} steps at step ${training.bestStep}, by rhomap ${training.rhomap}`,
          ],
        ] as const)
      : []),
  ];
  return [
    `# ${name}`,
    `**Intended use.** ${INTENDED_USE}`,
    table(['', ''], facts),
    '## Uncertainty',
    calibration
      ? calibrationText(calibration)
      : statesUncertainty(info)
        ? 'Not calibrated: the uncertainty is as the network states it, and there are no intervals.'
        : 'This network states no uncertainty.',
    '## Limits',
    limits(info, calibration),
    '',
  ].join('\n\n');
}

const outputWords = (info: ModelInfo): string =>
  `${info.output === 'correction' ? 'a correction to the coarse map' : 'the map'}${statesUncertainty(info) ? ' and the scale of its error' : ''}`;

function calibrationText(calibration: Calibration): string {
  const { nPatients, nSlices, nPixels, target, truth, recalibration, nll } = calibration;
  const factor = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
  const rows = (['target', 'truth'] as const).flatMap((reference) => {
    const by = calibration[reference];
    if (!by) return [];
    const words = reference === 'target' ? 'the map of all images' : 'the truth';
    return [
      [`pixels, ${words} (units of σ)`, by.shiftMs.toFixed(2), ...by.pixels.map((f) => factor(f.factor))],
      [
        `region means, ${words} (units of their SD)`,
        by.shiftMs.toFixed(2),
        ...by.regions.map((f) => factor(f.factor)),
      ],
    ];
  });
  return [
    `Calibrated on ${nPatients} patients (${nSlices} slices, ${nPixels} pixels in regions) that it was not trained on. Recalibration: ${recalibration.kind}${recalibration.kind === 'scale' ? ` by ${recalibration.factor.toFixed(3)}` : ''}; negative log likelihood of patients left out ${nll.none.toFixed(3)} as stated, ${nll.scale.toFixed(3)} by one factor, ${nll.isotonic.toFixed(3)} by a curve.`,
    'Half-widths of intervals, by split conformal, by patient:',
    table(['', 'mean error, ms', ...target.pixels.map(({ level }) => `${Math.round(100 * level)} %`)], rows),
    `Refinement removes region pixels with u above ${refinementThresholdOf(calibration).toFixed(2)} ms. ${
      truth ? '' : 'Nothing is known of errors against the truth: the calibration patients are real.'
    }`.trim(),
  ].join('\n\n');
}

function limits({ coarseTslMs, training }: ModelInfo, calibration: Calibration | undefined): string {
  const lines = [
    'Liver at 3 T with the sequence it was trained for; other organs, field strengths and spin-lock frequencies were never seen.',
    `Two images at TSL ${coarseTslMs.join(' and ')} ms. A wrong TSL is noticed only where its T1rho leaves the range of livers: one that is 20 % off often passes.`,
    'Values outside the cut-off are not measured but clamped.',
    ...(training?.data?.includes('virtual') === false
      ? []
      : [
          'Trained on virtual patients where nothing else is said; on real ones its errors may be larger than stated.',
        ]),
    ...(calibration && !calibration.truth
      ? []
      : ['Intervals against the truth hold for virtual patients, whose truth is known.']),
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
