/** What is good, what is doubtful, and what to do: the words of a patient's page, from the numbers. */
import { VOXEL_STATUS } from '../../core/status.ts';
import type { RegionReport } from '../../roi/region-report.ts';
import type { PatientReport } from './patient-report.ts';

export interface Finding {
  readonly kind: 'good' | 'doubt' | 'stop';
  readonly title: string;
  readonly text: string;
}

export function patientFindings(report: PatientReport): Finding[] {
  return [
    checkFinding(report),
    calibrationFinding(report),
    ...report.regions.flatMap((region) => (region.slice === undefined ? regionFindings(region, report) : [])),
    ...referenceFinding(report),
    ...cutFinding(report),
    ...report.warnings.map(
      (warning): Finding => ({
        kind: 'doubt',
        title: warning.where,
        text: `${warning.message.replace(/\.$/, '')}.`,
      }),
    ),
  ];
}

function checkFinding({ check: { verdict, reasons } }: PatientReport): Finding {
  if (verdict === 'in range')
    return {
      kind: 'good',
      title: 'The input is like what the model knows',
      text: 'Times, noise, position and contrast lie within the range of calibration patients. A spin-lock time that is 20 % wrong often passes, because livers differ by as much: check the times at the scanner.',
    };
  const list = `${reasons.join('; ')}.`;
  return verdict === 'refuse'
    ? {
        kind: 'stop',
        title: 'Do not use this map',
        text: `The input is not what the model knows. ${list} Check the order and the times of the images, and where the region lies; use rhomap fit on all images instead.`,
      }
    : {
        kind: 'doubt',
        title: 'The input is unusual',
        text: `${list} The stated uncertainty may be too small: look at the images and the coarse map before using the numbers.`,
      };
}

const calibrationFinding = ({ isCalibrated, uncertainty }: PatientReport): Finding =>
  isCalibrated
    ? {
        kind: 'good',
        title: 'The uncertainty is calibrated',
        text: 'It and its intervals were set on patients that the model was not trained on; the card of the model (rhomap models) has the figures.',
      }
    : {
        kind: 'doubt',
        title: uncertainty ? 'The uncertainty is not calibrated' : 'There is no uncertainty',
        text: uncertainty
          ? 'It is as the network states it, and there are no intervals. Calibrate the model on patients of yours (rhomap calibrate).'
          : 'This network states none. Use an LBRU model where you need it.',
      };

/** Below this part of the pixels removed, refinement is routine. */
const MUCH_REMOVED = 0.3;

function regionFindings(
  { label, name, nVoxels, before, refined }: RegionReport,
  report: PatientReport,
): Finding[] {
  const region = name ?? (report.regions.some((r) => r.label !== label) ? `region ${label}` : 'the region');
  if (!refined || refined.nKept === 0) return [];
  const share = 1 - refined.nKept / nVoxels;
  const moved = refined.mean - before.mean;
  const text = `Refinement removes ${Math.round(100 * share)} % of ${nVoxels} pixels (uncertainty above ${refined.thresholdMs.toFixed(2)} ms) and moves the mean by ${moved >= 0 ? '+' : '−'}${Math.abs(moved).toFixed(2)} ms.`;
  return [
    {
      kind: share > MUCH_REMOVED ? 'doubt' : 'good',
      title: share > MUCH_REMOVED ? `Much of ${region} is uncertain` : `Most of ${region} is certain enough`,
      text,
    },
  ];
}

function referenceFinding({ reference, t1rho, roi }: PatientReport): Finding[] {
  if (!reference || !roi) return [];
  let [sum, n] = [0, 0];
  roi.labels.forEach((label, p) => {
    const difference = t1rho.values[p]! - reference.values[p]!;
    if (label === 0 || !Number.isFinite(difference)) return;
    sum += difference;
    n++;
  });
  if (n === 0) return [];
  const mean = sum / n;
  const isClose = Math.abs(mean) < 1.5;
  return [
    {
      kind: isClose ? 'good' : 'doubt',
      title: `The fit of all images reads ${Math.abs(mean).toFixed(2)} ms ${mean > 0 ? 'lower' : 'higher'} over the regions`,
      text: isClose
        ? 'The map from two images agrees with it.'
        : 'The two disagree by more than is usual: look at both maps (reference_ms.nii.gz is the fit).',
    },
  ];
}

/** Above this part of a region's pixels at a cut-off, its mean depends on the cut-off. */
const MANY_CUT = 0.02;

function cutFinding({ t1rho, roi, cutoffMs }: PatientReport): Finding[] {
  if (!roi) return [];
  let [cut, n] = [0, 0];
  roi.labels.forEach((label, p) => {
    if (label === 0) return;
    n++;
    if (
      t1rho.status[p] === VOXEL_STATUS['at-lower-cutoff'] ||
      t1rho.status[p] === VOXEL_STATUS['at-upper-cutoff']
    )
      cut++;
  });
  if (cut <= MANY_CUT * n) return [];
  return [
    {
      kind: 'doubt',
      title: `${Math.round((100 * cut) / n)} % of the region lie at a cut-off (${cutoffMs.join(' or ')} ms)`,
      text: 'Their true value is unknown. Report the median, and check that the region lies on liver, away from vessels and bile ducts.',
    },
  ];
}
