/** Plain text table: columns padded to their widest cell, two spaces between; numbers may be aligned right. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const widths = header.map((title, c) =>
    Math.max(...[title, ...rows.map((row) => row[c]!)].map((cell) => [...cell].length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => {
        const padding = ' '.repeat(widths[c]! - [...cell].length);
        return right.includes(c) ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}
