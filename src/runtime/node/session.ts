/**
 * Sessions on `onnxruntime-node`'s CPU provider. A run occupies JavaScript's thread until it is done (the binding is
 * synchronous), so a program that must stay responsive runs it in a worker.
 */
import { createRequire } from 'node:module';
import { EnvironmentError } from '../../core/errors.ts';
import type { SessionProvider } from '../../core/session.ts';
import {
  checkVersion,
  type OnnxRuntime,
  openSession,
  PINNED_VERSION,
  type RuntimeOptions,
} from '../onnx-session.ts';

export interface NodeSessionSettings {
  /** For sessions whose own options name none; default: the number of physical cores. */
  readonly threads?: number;
  /** Idle threads poll for work instead of sleeping; default false: as fast here, and a seventh less CPU time. */
  readonly spinning?: boolean;
  /**
   * One block planned ahead for a run's tensors; default false: as fast here, and a training step peaks at 0.7
   * instead of 1.2 GB.
   */
  readonly memoryPattern?: boolean;
  /** ONNX Runtime's: 0 everything, 2 warnings, 3 errors (default), 4 fatal. */
  readonly logSeverity?: 0 | 1 | 2 | 3 | 4;
  /** Handed to ONNX Runtime last, so it overrides everything above: profiling, other optimisation levels, `extra`. */
  readonly runtimeOptions?: RuntimeOptions;
}

/**
 * @throws {EnvironmentError} `session/missing-binary` if the native library cannot be loaded, `session/version` if it
 * is not the pinned version.
 */
export function nodeSessionProvider(
  settings: NodeSessionSettings = {},
  load: () => OnnxRuntime = loadRuntime,
): SessionProvider {
  const runtime = load();
  checkVersion('onnxruntime-node', runtime.env.versions['node']);
  return {
    description: `onnxruntime-node ${PINNED_VERSION} cpu`,
    createSession: (model, options = {}) =>
      openSession(runtime, model, runtimeOptions(settings, options.threads)),
  };
}

function runtimeOptions(settings: NodeSessionSettings, threads = settings.threads): RuntimeOptions {
  return {
    executionProviders: ['cpu'],
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    enableMemPattern: settings.memoryPattern ?? false,
    logSeverityLevel: settings.logSeverity ?? 3,
    extra: { session: { intra_op: { allow_spinning: settings.spinning ? '1' : '0' } } },
    ...settings.runtimeOptions,
  };
}

/** Loaded when asked for, not on import: commands that need no network must work where the library does not. */
function loadRuntime(): OnnxRuntime {
  try {
    return createRequire(import.meta.url)('onnxruntime-node');
  } catch (cause) {
    const here = `${process.platform} ${process.arch}`;
    const message = `onnxruntime-node's native library does not load on ${here}: run "npm ci" again; it has libraries for Linux and Windows (x64, arm64) and macOS (arm64) only.`;
    throw new EnvironmentError('session/missing-binary', message, { cause });
  }
}
