/** Transfer syntaxes (PS3.5 §10, PS3.6 annex A): how the data set and its pixels are encoded. */
export type PixelCodec =
  | 'native'
  | 'rle'
  | 'jpeg-baseline'
  | 'jpeg-extended'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'unsupported';

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  readonly codec: PixelCodec;
}

const syntax = (
  uid: string,
  name: string,
  codec: PixelCodec,
  other: Partial<TransferSyntax> = {},
): TransferSyntax => ({
  uid,
  name,
  explicit: true,
  littleEndian: true,
  deflated: false,
  codec,
  ...other,
});

export const IMPLICIT_LITTLE_ENDIAN: TransferSyntax = syntax(
  '1.2.840.10008.1.2',
  'implicit VR, little endian',
  'native',
  {
    explicit: false,
  },
);
export const EXPLICIT_LITTLE_ENDIAN: TransferSyntax = syntax(
  '1.2.840.10008.1.2.1',
  'explicit VR, little endian',
  'native',
);
export const EXPLICIT_BIG_ENDIAN: TransferSyntax = syntax(
  '1.2.840.10008.1.2.2',
  'explicit VR, big endian',
  'native',
  {
    littleEndian: false,
  },
);

const SYNTAXES: ReadonlyMap<string, TransferSyntax> = new Map(
  [
    IMPLICIT_LITTLE_ENDIAN,
    EXPLICIT_LITTLE_ENDIAN,
    EXPLICIT_BIG_ENDIAN,
    syntax('1.2.840.10008.1.2.1.99', 'deflated explicit VR, little endian', 'native', { deflated: true }),
    syntax('1.2.840.10008.1.2.5', 'RLE', 'rle'),
    syntax('1.2.840.10008.1.2.4.50', 'JPEG baseline, 8 bit', 'jpeg-baseline'),
    syntax('1.2.840.10008.1.2.4.51', 'JPEG extended, 8 or 12 bit', 'jpeg-extended'),
    syntax('1.2.840.10008.1.2.4.57', 'JPEG lossless', 'jpeg-lossless'),
    syntax('1.2.840.10008.1.2.4.70', 'JPEG lossless, first order', 'jpeg-lossless'),
    syntax('1.2.840.10008.1.2.4.80', 'JPEG-LS lossless', 'jpeg-ls'),
    syntax('1.2.840.10008.1.2.4.81', 'JPEG-LS near-lossless', 'jpeg-ls'),
    syntax('1.2.840.10008.1.2.4.90', 'JPEG 2000 lossless', 'jpeg-2000'),
    syntax('1.2.840.10008.1.2.4.91', 'JPEG 2000', 'jpeg-2000'),
  ].map((s) => [s.uid, s]),
);

/** The syntax of a UID; an unknown one is read as explicit little endian (all newer ones are), without pixels. */
export const transferSyntaxOf = (uid: string): TransferSyntax =>
  SYNTAXES.get(uid) ?? syntax(uid, `transfer syntax ${uid}`, 'unsupported');
