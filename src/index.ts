/**
 * rhomap as a library: everything that runs without a file system, in Node and in browsers. What needs Node (folders,
 * threads, ONNX Runtime's native build) is in `rhomap/node`.
 */
export type { Affine } from './core/affine.ts';
export { applyAffine, invertAffine, multiplyAffine, voxelSizeMm } from './core/affine.ts';
export {
  DataError,
  EnvironmentError,
  FormatError,
  OptionError,
  RhomapError,
  ShapeError,
  UnsupportedError,
} from './core/errors.ts';
export type { Grid } from './core/grid.ts';
export { gridDifference, sliceSize, voxelCount } from './core/grid.ts';
export { createRandom, type Random } from './core/random.ts';
export type { Session, SessionOptions, SessionProvider } from './core/session.ts';
export type { FileSource } from './core/source.ts';
export { VOXEL_STATUS, VOXEL_STATUS_NAMES, type VoxelStatus } from './core/status.ts';
export type { InputRecord, OutputFile, Summary } from './core/summary.ts';
export { msFromSeconds, secondsFromMs } from './core/units.ts';
export { VERSION } from './core/version.ts';
export {
  createSpinLockSeries,
  imageAt,
  type Mask,
  type ParametricMap,
  type SpinLockSeries,
} from './core/volume.ts';
export { createWarningSink, type Warning, type WarningSink } from './core/warnings.ts';
export {
  type BlandAltman,
  blandAltman,
  type Interval,
  type Regression,
  regression,
} from './evaluate/agreement.ts';
export { type BootstrapInterval, type BootstrapOptions, bootstrapByPatient } from './evaluate/bootstrap.ts';
export {
  type CalibrationBin,
  type CalibrationError,
  calibrationError,
  expectedNormalisedCalibrationError,
  type SliceCalibrationOptions,
  sliceCalibrationError,
} from './evaluate/calibration-error.ts';
export { coverage, type LaplaceQuality, laplaceQuality } from './evaluate/laplace-quality.ts';
export { mergeMoments, type PairMoments, pairMoments } from './evaluate/pair-moments.ts';
export { type PairedTTest, pairedTTest, patientMeans } from './evaluate/paired-t-test.ts';
export { type Rmre, relativeErrors, rmrePerSlice, roiMeanRelativeError } from './evaluate/rmre.ts';
export {
  errorsMs,
  gatherRoiPixels,
  type Reference,
  type RoiPixels,
  type RoiSlice,
} from './evaluate/roi-pixels.ts';
export {
  type RefinementTest,
  refinementThresholdMs,
  refineSlices,
  type SliceRefinement,
  testRefinement,
} from './evaluate/roi-refinement.ts';
export {
  type SliceErrorOptions,
  sliceErrorsMs,
  sliceUncertaintiesMs,
  type UncertaintyDefinition,
} from './evaluate/slice-error.ts';
export {
  type Sparsification,
  type SparsificationOptions,
  sparsification,
} from './evaluate/sparsification.ts';
export { type FitResult, type FitSeriesSettings, fitSeries } from './fit/fit-series.ts';
export {
  type FitMethod,
  type FitOptions,
  type FitOptionsInput,
  fitOptionsSchema,
  resolveFitOptions,
} from './fit/options.ts';
export { FIT_QUALITY, type FitQuality } from './fit/quality.ts';
export { type ValidateTslOptions, validateTslMs } from './fit/validate-tsl.ts';
export { looksLikeDicom, maskFromDicom } from './io/dicom/regions/regions.ts';
export type { SourceStudy } from './io/dicom/results/study.ts';
export { maskFromNifti, type NiftiMaskOptions } from './io/nifti/mask.ts';
export { type NiftiImage, readNifti } from './io/nifti/read.ts';
export { assembleNiftiSeries, type NiftiSeries, type NiftiSeriesFile } from './io/nifti/series.ts';
export { type NiftiSidecar, parseNiftiSidecar } from './io/nifti/sidecar.ts';
export { type NiftiToWrite, writeNifti } from './io/nifti/write.ts';
export { segmentationFile } from './pipeline/dicom-results.ts';
export {
  countFit,
  type FitCounts,
  fitMapFiles,
  fitPreviews,
  fitRoi,
  fitRoiMaps,
  orientationOf,
} from './pipeline/fit.ts';
export type {
  Inventory,
  SeriesCandidate,
  SkippedFile,
  TslRequest,
  TslSource,
} from './pipeline/inputs/candidate.ts';
export { chooseCandidate, type SeriesRequest, takeInventory } from './pipeline/inputs/inventory.ts';
export { readSeries } from './pipeline/inputs/read-series.ts';
export { type MapResult, type MapSettings, type MapsSoFar, mapSeries } from './pipeline/map.ts';
export { mapPreviews, mapResultFiles, mapsOf, regionFiles } from './pipeline/map-files.ts';
export { type MappingModel, openMappingModel } from './pipeline/mapping-model.ts';
export { type ColourBar, colourBar } from './report/colour-bar.ts';
export { type ColourMapName, colourTable } from './report/colour-maps.ts';
export { type MapPreview, mapPreviewSvg } from './report/map-preview.ts';
export { type SliceDisplay, sliceDisplay, slicePosition } from './report/slice-display.ts';
export { type PixelKind, type PixelStyle, SPECIAL_COLOURS, slicePixels } from './report/slice-pixels.ts';
export { niceTicks, type Ticks } from './report/ticks.ts';
export { suggestRange } from './report/value-range.ts';
export {
  type ComparedRegion,
  PUBLISHED_WCV,
  type RegionChange,
  regionChange,
  regionChanges,
  type VisitMean,
} from './roi/change.ts';
export { REMOVAL, type RefinedRoi, type RefinementRule, refineRoi } from './roi/refine.ts';
export { regionCsv } from './roi/region-csv.ts';
export type { MeanInterval } from './roi/region-mean.ts';
export {
  type RegionNumbers,
  type RegionReport,
  type RegionsInput,
  type RegionsResult,
  reportRegions,
} from './roi/region-report.ts';
export { type RoiTable, roiCsv } from './roi/roi-csv.ts';
export { type RoiStatistics, roiStatistics, summarise, type ValueSummary } from './roi/statistics.ts';
export { PARAMETERS, type ParameterName, type RelaxationParameter } from './signal/parameters.ts';
export { airLevel, brightSignal } from './training/planes.ts';
export { type Calibration, refinementThresholdOf } from './uncertainty/calibration.ts';
export { type ConformalFactor, conformalFactor } from './uncertainty/conformal.ts';
export {
  type ErrorCovariance,
  estimateErrorCovariance,
  meanErrorDeviationMs,
  type PixelValues,
} from './uncertainty/error-covariance.ts';
export type { InputCheck, Verdict } from './uncertainty/input-checks.ts';
export {
  laplaceIntervalFactor,
  laplaceNll,
  sigmaFromStandardDeviation,
  sigmaScaling,
  standardDeviationFromSigma,
} from './uncertainty/laplace.ts';
export { fitIsotonic, fitScale, type Recalibration, recalibrated } from './uncertainty/recalibration.ts';
