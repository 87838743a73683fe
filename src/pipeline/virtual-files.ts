/**
 * The files of a virtual cohort: raw images as a scanner would give them, and what is known of them under
 * `derivatives/`, apart from what methods see.
 */

import { TISSUES } from '../cohort/scene.ts';
import { type CohortOptions, cohortParticipants, type VirtualPatient } from '../cohort/simulate-patient.ts';
import { jsonFile, type OutputFile, textFile } from '../core/summary.ts';
import { secondsFromMs } from '../core/units.ts';
import { VERSION } from '../core/version.ts';
import type { ParametricMap } from '../core/volume.ts';
import { writeNifti } from '../io/nifti/write.ts';
import type { SliceRecord } from './make-patient.ts';

/** Path of the per-slice numbers; the last file of a patient's truth, so that its presence tells nothing else. */
export const slicesPath = (id: string): string => `derivatives/truth/${id}/anat/${id}_desc-slices.json`;

/** Files of one patient; the images come last. */
export function patientFiles(
  patient: VirtualPatient,
  slices: readonly SliceRecord[],
  { parameters, seed }: CohortOptions,
): OutputFile[] {
  const { participant, series, stored, roi, truth } = patient;
  const { id } = participant;
  const { grid } = series;
  const description = `rhomap ${VERSION} virtual patient`;
  const raw = `${id}/anat/${id}_spinlock`;
  const map = (name: string, { values }: ParametricMap, scale = 1): OutputFile => ({
    path: `derivatives/truth/${id}/anat/${id}_${name}.nii.gz`,
    bytes: writeNifti({
      grid,
      values: scale === 1 ? values : values.map((v) => v * scale),
      description,
    }),
  });
  const inSeconds = secondsFromMs(1);
  return [
    map('T1rho', truth.t1rho, inSeconds),
    map('desc-slow_T1rho', truth.slowT1rho, inSeconds),
    map('desc-fastshare_map', truth.fastShare),
    map('desc-offresonance_B0map', truth.b0),
    map('desc-relative_B1map', truth.b1),
    {
      path: `derivatives/truth/${id}/anat/${id}_desc-tissue_dseg.nii.gz`,
      bytes: writeNifti({ grid, values: truth.labels, description }),
    },
    jsonFile(slicesPath(id), slices),
    {
      path: `derivatives/rois/${id}/anat/${id}_desc-roi_mask.nii.gz`,
      bytes: writeNifti({ grid, values: Uint8Array.from(roi.labels), description }),
    },
    jsonFile(`${raw}.json`, {
      SpinLockTime: series.tslMs.map(secondsFromMs),
      SpinLockFrequency: parameters.spinLock.spinLockFrequencyHz,
      MagneticFieldStrength: parameters.fields.fieldStrengthT,
      RepetitionTime: 2,
      EchoTime: 0.01,
      Manufacturer: 'rhomap virtual scanner',
      SoftwareVersions: VERSION,
      Seed: seed,
    }),
    {
      path: `${raw}.nii.gz`,
      bytes: writeNifti({
        grid,
        values: stored.integers,
        nVolumes: series.tslMs.length,
        slope: stored.slope,
        description,
      }),
    },
  ];
}

/** Files that describe the whole data set. */
export function cohortFiles(options: CohortOptions): OutputFile[] {
  const participants = cohortParticipants(options);
  const generated = { GeneratedBy: [{ Name: 'rhomap', Version: VERSION }], BIDSVersion: '1.11.0' };
  const tsv = (header: readonly string[], rows: readonly (readonly unknown[])[]): string =>
    `${[header, ...rows].map((row) => row.join('\t')).join('\n')}\n`;
  return [
    jsonFile('dataset_description.json', {
      Name: 'Virtual liver T1rho cohort',
      DatasetType: 'raw',
      ...generated,
    }),
    jsonFile('derivatives/truth/dataset_description.json', {
      Name: 'What is known of the virtual patients; not for methods to see',
      DatasetType: 'derivative',
      ...generated,
    }),
    jsonFile('derivatives/rois/dataset_description.json', {
      Name: "A reader's regions",
      DatasetType: 'derivative',
      ...generated,
    }),
    textFile(
      'derivatives/truth/desc-tissue_dseg.tsv',
      tsv(
        ['index', 'name'],
        TISSUES.map((name, index) => [index, name]),
      ),
    ),
    textFile('.bidsignore', 'dicom/\n*_spinlock.*\nsimulation.json\nsummary.json\n'),
    textFile(
      'participants.tsv',
      tsv(
        ['participant_id', 'sex', 'age', 'stage', 'height', 'bmi', 'fat_fraction'],
        participants.map((p) => [
          p.id,
          p.sex,
          p.ageYears,
          `F${p.stage}`,
          p.heightCm,
          p.bmi,
          p.liverFatFraction,
        ]),
      ),
    ),
  ];
}
