/**
 * Errors a caller can act on. Every one carries a stable `code`; the message says what was expected, what came and
 * what to do, in one sentence. A voxel that cannot be fitted is not an error but a status (see `status.ts`).
 */
export class RhomapError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** An option or argument is wrong: the call is at fault (exit code 2). */
export class OptionError extends RhomapError {}

/** Arrays, grids or images do not fit together. */
export class ShapeError extends RhomapError {}

/** A file does not hold what its format promises. `where` names the file, and the byte offset or tag if known. */
export class FormatError extends RhomapError {
  readonly where: string;

  constructor(code: string, where: string, message: string, options?: ErrorOptions) {
    super(code, `${where}: ${message}`, options);
    this.where = where;
  }
}

/** The images are readable but cannot be used as asked (a missing slice, two TSLs of one name, an empty folder). */
export class DataError extends RhomapError {}

/** A valid input that this version cannot handle. */
export class UnsupportedError extends RhomapError {}

/** Something outside the package is missing or broken: a binary, a permission, disk space. */
export class EnvironmentError extends RhomapError {}
