/** A UID as PS3.5, 9.1 has it; a component may be 0 but not begin with it. Such a text can name a file. */
export const isUid = (value: string): boolean =>
  value.length <= 64 && /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/.test(value);
