/**
 * Our own words in the character set of the images that they are added to, so that one study keeps one character set.
 * The web's encoder knows UTF-8 alone; of the others Latin-1 is easy, and all that we write ourselves is ASCII but for
 * the names of regions. What a set does not have becomes `?`.
 */
export type TextEncoding = (text: string) => Uint8Array;

/** @param terms SpecificCharacterSet, as text, values or bytes. */
export function textEncoding(terms: string | readonly string[] | Uint8Array): TextEncoding {
  const stated = terms instanceof Uint8Array ? String.fromCharCode(...terms) : [terms].flat().join('\\');
  const first = stated.replaceAll('\0', '').trim();
  if (first === 'ISO_IR 192') return (text) => new TextEncoder().encode(text);
  const limit = first === 'ISO_IR 100' ? 0x100 : 0x80;
  return (text) =>
    Uint8Array.from(text.normalize('NFC'), (character) => {
      const code = character.codePointAt(0)!;
      return code < limit ? code : 0x3f;
    });
}
