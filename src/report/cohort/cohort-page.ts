/** The report of a cohort as one self-contained HTML page: no script, nothing to load, light and dark. */
import { embedSvg } from '../experiment/embed-svg.ts';
import type { Figure } from '../experiment/figure.ts';
import { counted, unbroken } from '../experiment/format.ts';
import { PAGE_STYLE } from '../experiment/page-style.ts';
import { PAPER } from '../experiment/paper-results.ts';
import { type ReportTable, tableHtml } from '../experiment/report-table.ts';
import { htmlPage, linkedSections } from '../html-page.ts';
import { escapeXml } from '../svg.ts';
import type { FlaggedRow } from './flags.ts';
import { type CohortFacts, cohortMethods } from './methods-text.ts';
import { shownMeanMs } from './subject-row.ts';
import { subjectTable } from './subject-table.ts';
import type { Thumbnail } from './thumbnail.ts';

export interface CohortReport {
  readonly title: string;
  readonly facts: CohortFacts;
  /** The worst first. */
  readonly rows: readonly FlaggedRow[];
  /** Columns of the participants' table. */
  readonly groups: readonly string[];
  readonly figures: readonly Figure[];
  /** Pictures of the worst subjects, by id. */
  readonly thumbnails: ReadonlyMap<string, Thumbnail>;
  readonly failures: ReportTable;
  readonly range: readonly [number, number];
}

const STYLE = `${PAGE_STYLE}
body { max-width: 76rem; }
.mosaic { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(8.6rem, 1fr)); gap: .7rem; }
.mosaic li { font-size: .8rem; line-height: 1.35; break-inside: avoid; overflow-wrap: anywhere; }
.mosaic img { display: block; width: 100%; aspect-ratio: 4 / 3; object-fit: contain; background: #0c0d0f; border-radius: 4px; image-rendering: pixelated; }
.mosaic strong { display: block; margin-top: .2rem; }
.mosaic .flag { color: var(--no); }
.counts { display: flex; flex-wrap: wrap; gap: .6rem 2.6rem; margin: 1rem 0; }
.counts strong { display: block; font-size: 1.7rem; line-height: 1.25; }
`;

/** Rows of the whole table on the page; the files have all. */
const MOST_ROWS = 2000;

export function cohortPage(report: CohortReport): string {
  const { title, rows, groups, figures, failures, facts } = report;
  const flagged = rows.filter(({ flags }) => flags.length > 0);
  const { nav, body } = linkedSections([
    ['groups', 'Groups', figures.map(figureHtml).join('')],
    [
      'look',
      'Look at these',
      flagged.length === 0
        ? '<p>Nothing stands out.</p>'
        : tableHtml(subjectTable(flagged.slice(0, MOST_ROWS), groups, 'Outliers and unusual inputs'), true),
    ],
    ['pictures', 'Pictures, the worst first', mosaic(report)],
    ['failed', 'Not mapped', failures.rows.length === 0 ? '' : tableHtml(failures, true)],
    ['subjects', 'All subjects', allSubjects(report)],
    ['methods', 'Methods, for a paper', `<p>${escapeXml(unbroken(cohortMethods(rows, facts)))}</p>`],
    ['cite', 'How to cite', `<pre>${escapeXml(PAPER.citation)}</pre>`],
  ]);
  return htmlPage({
    title: `Liver T1ρ of a cohort: ${title}`,
    style: STYLE,
    header: `<h1>Liver T1ρ of a cohort</h1>
<p class="lead">${escapeXml(title)} · for research only</p>
${counts(report, flagged.length)}
${nav}`,
    main: body,
    footer: `Made by rhomap ${escapeXml(facts.rhomap)}. For research only; not a medical device: no diagnosis or treatment may rest on it. The table of subjects lies in the folder <code>report</code> beside this page, as CSV and Parquet.`,
  });
}

function counts({ facts, rows }: CohortReport, nFlagged: number): string {
  const values = rows.map(shownMeanMs).filter((value) => value !== undefined);
  const card = (value: string, words: string): string =>
    `<div><strong>${value}</strong><span>${words}</span></div>`;
  return `<div class="counts">${[
    card(String(facts.nSubjects), 'subjects mapped'),
    card(String(values.length), 'regions with a value'),
    card(String(nFlagged), 'to look at'),
    card(String(facts.nFailed), 'not mapped'),
  ].join('')}</div>`;
}

const figureHtml = ({ name, label, title, reading, svg, values }: Figure): string =>
  `<figure id="${name}"><h3>${escapeXml(`${label}: ${title}`)}</h3>${embedSvg(svg, name)}<figcaption><p class="reading">${escapeXml(reading)}</p></figcaption>${values ? tableHtml(values, false) : ''}</figure>`;

function mosaic({ rows, thumbnails, range }: CohortReport): string {
  const first = new Map(rows.toReversed().map((row) => [row.id, row]));
  const items = [...thumbnails].map(([id, { uri, slice }]) => {
    const row = first.get(id)!;
    const value = shownMeanMs(row);
    const flag = row.flags[0] === undefined ? '' : `<span class="flag">${escapeXml(row.flags[0])}</span>`;
    return `<li><img src="${uri}" alt="T1ρ map of ${escapeXml(id)}, slice ${slice + 1}" loading="lazy"><strong>${escapeXml(id)}</strong>${value === undefined ? '' : `${value.toFixed(1)} ms `}${flag}</li>`;
  });
  if (items.length === 0) return '';
  const rest = new Set(rows.map(({ id }) => id)).size - items.length;
  const note = `Refined T1ρ from ${range[0]} (dark) to ${range[1]} ms (yellow), the slice with most of the region, outlined in white; blue and red lie at a cut-off, dark grey is air. Worst first: inputs that the model does not know, then means far from the median, then regions of which much was left out.${rest > 0 ? ` ${counted(rest, 'subject')} with less reason to look are not shown.` : ''}`;
  return `<p class="note">${escapeXml(note)}</p><ul class="mosaic">${items.join('')}</ul>`;
}

function allSubjects({ rows, groups }: CohortReport): string {
  if (rows.length > MOST_ROWS)
    return `<p>${counted(rows.length, 'row')}: see <code>report/subjects.csv</code> beside this page.</p>`;
  const inOrder = rows.toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
  return `<details><summary>${counted(rows.length, 'row')}</summary>${tableHtml(subjectTable(inOrder, groups), false)}</details>`;
}
