/** Longest value of the VR `DS` (PS3.5, 6.2). */
const MAX_CHARACTERS = 16;

/**
 * A number as `DS`: the most digits that fit into 16 characters, at least nine, which is enough for any float32.
 * @throws RangeError where it is not finite.
 */
export function decimalString(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`DICOM has no decimal string for ${value}`);
  let text = shortest(value);
  for (let digits = 15; text.length > MAX_CHARACTERS; digits--)
    text = shortest(Number(value.toPrecision(digits)));
  return text;
}

/** Leading zeros cost digits: -0.0000012345678901 against -1.2345678901e-6. */
function shortest(value: number): string {
  const [plain, exponential] = [String(value), value.toExponential()];
  return plain.length <= exponential.length || plain.length <= MAX_CHARACTERS ? plain : exponential;
}
