/**
 * Codes in results: DICOM's own (PS3.16), SNOMED CT and UCUM where they have a word, else rhomap's private scheme.
 * DICOM has T1, T2 and T2* but no T1rho.
 */
import type { Attributes } from '../write/attributes.ts';

export interface Code {
  readonly value: string;
  readonly scheme: 'DCM' | 'SCT' | 'UCUM' | 'RFC5646' | '99RHOMAP';
  readonly meaning: string;
}

const code = (scheme: Code['scheme'], value: string, meaning: string): Code => ({ value, scheme, meaning });

export const codeItem = ({ value, scheme, meaning }: Code): Attributes => ({
  CodeValue: value,
  CodingSchemeDesignator: scheme,
  CodeMeaning: meaning,
});

export const codeSequence = (...codes: readonly Code[]): readonly Attributes[] => codes.map(codeItem);

/** Says what `99RHOMAP` is; part of every object that uses it. */
export const PRIVATE_SCHEME: Attributes = {
  CodingSchemeIdentificationSequence: [
    {
      CodingSchemeDesignator: '99RHOMAP',
      CodingSchemeName: 'rhomap: quantities of spin-lock MRI without a standard code',
      CodingSchemeResponsibleOrganization: 'rhomap',
    },
  ],
};

const TABLE = {
  acquisitionEquipment: ['DCM', '109101', 'Acquisition Equipment'],
  processingEquipment: ['DCM', '109102', 'Processing Equipment'],
  algorithmName: ['DCM', '111001', 'Algorithm Name'],
  algorithmVersion: ['DCM', '111003', 'Algorithm Version'],
  imageLibrary: ['DCM', '111028', 'Image Library'],
  selectedRegion: ['DCM', '111099', 'Selected region'],
  trackingIdentifier: ['DCM', '112039', 'Tracking Identifier'],
  trackingUniqueIdentifier: ['DCM', '112040', 'Tracking Unique Identifier'],
  observerType: ['DCM', '121005', 'Observer Type'],
  device: ['DCM', '121007', 'Device'],
  deviceObserverUid: ['DCM', '121012', 'Device Observer UID'],
  deviceObserverName: ['DCM', '121013', 'Device Observer Name'],
  deviceObserverManufacturer: ['DCM', '121014', 'Device Observer Manufacturer'],
  deviceObserverModelName: ['DCM', '121015', 'Device Observer Model Name'],
  language: ['DCM', '121049', 'Language of Content Item and Descendants'],
  procedureReported: ['DCM', '121058', 'Procedure reported'],
  referencedSegment: ['DCM', '121191', 'Referenced Segment'],
  sourceSeriesForSegmentation: ['DCM', '121232', 'Source series for segmentation'],
  sourceImage: ['DCM', '121322', 'Source image for image processing operation'],
  derivation: ['DCM', '121401', 'Derivation'],
  measurementGroup: ['DCM', '125007', 'Measurement Group'],
  measurementReport: ['DCM', '126000', 'Imaging Measurement Report'],
  measurements: ['DCM', '126010', 'Imaging Measurements'],
  imageLibraryGroup: ['DCM', '126200', 'Image Library Group'],
  english: ['RFC5646', 'en', 'English'],
  abdomen: ['SCT', '113345001', 'Abdomen'],
  anatomicalStructure: ['SCT', '123037004', 'Anatomical Structure'],
  entireBody: ['SCT', '38266002', 'Entire body'],
  findingSite: ['SCT', '363698007', 'Finding Site'],
  liver: ['SCT', '10200004', 'Liver'],
  magneticResonanceImaging: ['SCT', '113091000', 'Magnetic resonance imaging'],
  mean: ['SCT', '373098007', 'Mean'],
  measurementMethod: ['SCT', '370129005', 'Measurement Method'],
  median: ['SCT', '373099004', 'Median'],
  spatialConcept: ['SCT', '309825002', 'Spatial and Relational Concept'],
  standardDeviation: ['SCT', '386136009', 'Standard Deviation'],
} as const;

/** The codes in use, by their meaning. */
export const CODES: { readonly [K in keyof typeof TABLE]: Code } = Object.fromEntries(
  Object.entries(TABLE).map(([name, [scheme, value, meaning]]) => [name, code(scheme, value, meaning)]),
) as Record<keyof typeof TABLE, Code>;

/** UCUM units by the name that maps carry. */
export const unitCode = (unit: string): Code => code('UCUM', unit, UNIT_MEANINGS[unit] ?? unit);

const UNIT_MEANINGS: Readonly<Record<string, string>> = {
  '1': 'no units',
  ms: 'milliseconds',
  '%': 'percent',
  '{voxels}': 'voxels',
};

/** A quantity by the name of its map: `T1rho`, `T2`, …; private where DICOM has no word for it. */
export function quantityCode(mapName: string): Code {
  const known = QUANTITIES[mapName];
  if (known) return known;
  const [quantity, spread] = mapName.split('_');
  const words = SPREADS[spread ?? ''];
  return privateCode(
    mapName.slice(0, MAX_CODE).toUpperCase(),
    words === undefined ? mapName : `${words} of ${quantity}`,
  );
}

/** Longest value of the VR `SH`. */
const MAX_CODE = 16;

const SPREADS: Readonly<Record<string, string>> = {
  stderr: 'Standard error',
  uncertainty: 'Uncertainty (one standard deviation)',
};

const QUANTITIES: Readonly<Record<string, Code>> = {
  T1rho: code('99RHOMAP', 'T1RHO', 'T1rho relaxation time in the rotating frame'),
  T2: code('DCM', '113065', 'T2'),
  T2star: code('DCM', '113064', 'T2*'),
};

/** A number that DICOM has no code for, in the private scheme. */
export const privateCode = (value: string, meaning: string): Code => code('99RHOMAP', value, meaning);

/** Where the images were taken, as far as they say. */
export const regionCode = (bodyPart: string | undefined): Code =>
  bodyPart === 'LIVER' ? CODES.liver : bodyPart === 'ABDOMEN' ? CODES.abdomen : CODES.entireBody;
