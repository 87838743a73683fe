/**
 * Errors on their way from a thread: a structured clone loses an error's class and code, so both travel beside its
 * message, and the caller gets the error that was thrown there.
 */
import {
  DataError,
  EnvironmentError,
  FormatError,
  OptionError,
  RhomapError,
  ShapeError,
  UnsupportedError,
} from '../../core/errors.ts';

export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Of a `RhomapError`. */
  readonly code?: string;
  /** Of a `FormatError`. */
  readonly where?: string;
}

const CLASSES: Readonly<Record<string, new (code: string, message: string) => RhomapError>> = {
  RhomapError,
  OptionError,
  ShapeError,
  DataError,
  UnsupportedError,
  EnvironmentError,
};

export function packError(thrown: unknown): PackedError {
  const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    ...{ name, message, stack },
    ...(thrown instanceof RhomapError && { code: thrown.code }),
    ...(thrown instanceof FormatError && { where: thrown.where }),
  };
}

export function unpackError({ name, message, stack, code, where }: PackedError): Error {
  const error = rebuilt();
  if (stack !== undefined) error.stack = stack;
  return error;

  function rebuilt(): Error {
    if (code === undefined) return new Error(message);
    // Its message begins with where, and the constructor puts that there again.
    if (where !== undefined) return new FormatError(code, where, message.slice(`${where}: `.length));
    return new (CLASSES[name] ?? RhomapError)(code, message);
  }
}
