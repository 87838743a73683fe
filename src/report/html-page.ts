/** The frame of a report that is one self-contained HTML page: no script, nothing to load, light and dark. */
import { escapeXml } from './svg.ts';

export interface HtmlPage {
  /** Plain words. */
  readonly title: string;
  readonly style: string;
  /** HTML inside the elements of these names. */
  readonly header: string;
  readonly main: string;
  readonly footer: string;
}

export const htmlPage = ({ title, style, header, main, footer }: HtmlPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
<footer>${footer}</footer>
</body>
</html>
`;

/** A part of a page; one without content is left out. */
export type Section = readonly [id: string, title: string, html: string];

/** Links to the sections for the header, and the sections for the main part. */
export function linkedSections(sections: readonly Section[]): {
  readonly nav: string;
  readonly body: string;
} {
  const shown = sections.filter(([, , html]) => html !== '');
  const links = shown.map(([id, title]) => `<li><a href="#${id}">${title}</a></li>`).join('');
  const body = shown.map(
    ([id, title, html]) => `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${html}</section>`,
  );
  return { nav: `<nav aria-label="Sections"><ul>${links}</ul></nav>`, body: body.join('\n') };
}
