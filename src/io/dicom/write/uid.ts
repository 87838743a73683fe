import { createRandom } from '../../../core/random.ts';

/**
 * A UID that depends on `text` alone: 2.25 and a UUID as a whole number (PS3.5, B.2), its 122 free bits made from the
 * text. Put everything into the text that tells the object from others: two objects of one UID are a fault.
 */
export function uidFrom(text: string): string {
  const random = createRandom(`uid/${text}`);
  let bits = 0n;
  for (let i = 0; i < 4; i++) bits = (bits << 32n) | BigInt(random.integer(2 ** 32));
  // RFC 9562: version 8 (made by the application's own rule) and the variant.
  const uuid = (bits & ~((0xfn << 76n) | (0x3n << 62n))) | (0x8n << 76n) | (0x2n << 62n);
  return `2.25.${uuid}`;
}
