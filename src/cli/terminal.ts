/** What a command may say, and where: results on stdout, everything else on stderr. */
export interface Terminal {
  /** A line of the result. Under `--json` only the JSON object goes to stdout. */
  result(text: string): void;
  /** The machine-readable result, printed under `--json`. */
  json(value: unknown): void;
  /** A line of news, silenced by `--quiet`. */
  info(text: string): void;
  warn(text: string): void;
  progress(label: string, total: number): Progress;
}

export interface Progress {
  /** @param note what else to show, e.g. the time left. */
  advance(done: number, note?: string): void;
  end(): void;
}

export interface TerminalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Streams a terminal writes to; `process.stdout` and `process.stderr` in the program, buffers in tests. */
export interface TerminalStreams {
  readonly out: { write(text: string): unknown; readonly columns?: number };
  readonly error: { write(text: string): unknown; readonly isTTY?: boolean };
}

export function createTerminal(options: TerminalOptions, streams: TerminalStreams): Terminal {
  const say = (text: string): void => {
    streams.error.write(`${text}\n`);
  };
  return {
    result: (text) => {
      if (!options.json) streams.out.write(`${text}\n`);
    },
    json: (value) => {
      if (options.json) streams.out.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    info: (text) => {
      if (!options.quiet) say(text);
    },
    warn: (text) => say(`warning: ${text}`),
    progress: (label, total) => {
      if (options.quiet || total <= 0) return { advance: () => {}, end: () => {} };
      return streams.error.isTTY ? barProgress(label, total, streams) : lineProgress(label, total, say);
    },
  };
}

const BAR_WIDTH = 28;
const REDRAW_MS = 80;

function barProgress(label: string, total: number, { error }: TerminalStreams): Progress {
  let drawnAt = 0;
  const draw = (done: number, note: string): void => {
    const filled = Math.round((BAR_WIDTH * done) / total);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    error.write(`\r${label} ${bar} ${Math.floor((100 * done) / total)} %${note && `  ${note}`}\u001b[K`);
    drawnAt = performance.now();
  };
  return {
    advance: (done, note = '') => {
      if (performance.now() - drawnAt > REDRAW_MS) draw(Math.min(done, total), note);
    },
    end: () => {
      error.write('\r\u001b[K');
    },
  };
}

/** Work that is done sooner needs no lines. */
const SILENT_MS = 2000;

/** Where a bar cannot be drawn: a plain line at each quarter. */
function lineProgress(label: string, total: number, say: (text: string) => void): Progress {
  let quarter = 0;
  const startedAt = performance.now();
  return {
    advance: (done, note) => {
      const now = Math.floor((4 * Math.min(done, total)) / total);
      if (now > quarter && now < 4 && performance.now() - startedAt > SILENT_MS)
        say(`${label}: ${25 * now} %${note ? `  ${note}` : ''}`);
      quarter = Math.max(quarter, now);
    },
    end: () => {},
  };
}
