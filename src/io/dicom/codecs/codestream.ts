/**
 * The size a compressed image states in its own header. Read before a decoder may allocate: a damaged header can ask
 * for gigabytes, and an image of another size than Rows × Columns must not be stretched into place.
 */
export interface CodestreamSize {
  readonly nColumns: number;
  readonly nRows: number;
  readonly nComponents: number;
  readonly precisionBits: number;
}

/** From the SOF segment of JPEG (ISO 10918-1) or JPEG-LS (ISO 14495-1); `undefined` if there is none. */
export function jpegSize(data: Uint8Array): CodestreamSize | undefined {
  if (data[0] !== 0xff || data[1] !== 0xd8) return undefined;
  let at = 2;
  while (at + 4 <= data.length) {
    if (data[at] !== 0xff) return undefined;
    const marker = data[at + 1]!;
    // Fill bytes, and markers without a segment.
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else {
      const startOfFrame =
        marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
      if (startOfFrame && at + 10 <= data.length) {
        const u16 = (o: number): number => data[at + o]! * 256 + data[at + o + 1]!;
        return { precisionBits: data[at + 4]!, nRows: u16(5), nColumns: u16(7), nComponents: data[at + 9]! };
      }
      at += 2 + data[at + 2]! * 256 + data[at + 3]!;
    }
  }
  return undefined;
}

/** From the SIZ segment of a JPEG 2000 codestream (ISO 15444-1 A.5.1), bare or in a JP2 box. */
export function jpeg2000Size(data: Uint8Array): CodestreamSize | undefined {
  const soc = findCodestream(data);
  if (soc === undefined || soc + 43 > data.length) return undefined;
  const view = new DataView(data.buffer, data.byteOffset + soc);
  const u32 = (o: number): number => view.getUint32(o);
  return {
    nColumns: u32(8) - u32(16),
    nRows: u32(12) - u32(20),
    nComponents: view.getUint16(40),
    precisionBits: (view.getUint8(42) & 0x7f) + 1,
  };
}

/** Some archives wrap the codestream in a JP2 file; it is searched at the front only. */
function findCodestream(data: Uint8Array): number | undefined {
  for (let i = 0; i + 4 <= data.length && i < 4096; i++)
    if (data[i] === 0xff && data[i + 1] === 0x4f && data[i + 2] === 0xff && data[i + 3] === 0x51) return i;
  return undefined;
}
