/** A tolerated fault in an input: a stable code, where it was seen, and what was done about it. */
export interface Warning {
  readonly code: string;
  readonly where: string;
  readonly message: string;
}

/** Collects warnings in the order they first occur (a file read twice warns once); a reader that tolerates a fault must report it here. */
export interface WarningSink {
  readonly warnings: readonly Warning[];
  add(code: string, where: string, message: string): void;
}

export function createWarningSink(): WarningSink {
  const warnings: Warning[] = [];
  return {
    warnings,
    add: (code, where, message) => {
      const known = warnings.some((w) => w.code === code && w.where === where && w.message === message);
      if (!known) warnings.push({ code, where, message });
    },
  };
}
