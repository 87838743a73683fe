/** Text tables as spreadsheets write them: a header, then rows; RFC 4180 quotes where a cell holds the separator. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

export function parseTable(text: string, separator: string): TextTable {
  const [columns = [], ...lines] = cellsOf(text.replace(/^\ufeff/, ''), separator).filter(
    (cells) => cells.length > 1 || cells[0]!.trim() !== '',
  );
  const names = columns.map((name) => name.trim());
  return {
    columns: names,
    rows: lines.map((cells) => Object.fromEntries(names.map((name, c) => [name, cells[c]?.trim() ?? '']))),
  };
}

function cellsOf(text: string, separator: string): string[][] {
  const rows: string[][] = [[]];
  let [cell, isQuoted] = ['', false];
  const endCell = (): void => {
    rows.at(-1)!.push(cell);
    cell = '';
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (isQuoted && c === '"' && text[i + 1] === '"') cell += text[++i];
    else if (c === '"' && (isQuoted || cell === '')) isQuoted = !isQuoted;
    else if (isQuoted) cell += c;
    else if (c === separator) endCell();
    else if (c === '\n') {
      endCell();
      rows.push([]);
    } else if (c !== '\r') cell += c;
  }
  endCell();
  return rows;
}
