/** The report of one patient as one self-contained HTML page: pictures first, then what to think of them, numbers folded. */
import type { RegionReport } from '../../roi/region-report.ts';
import { PAGE_STYLE } from '../experiment/page-style.ts';
import { htmlPage } from '../html-page.ts';
import { escapeXml } from '../svg.ts';
import { type Finding, patientFindings } from './findings.ts';
import type { PatientReport } from './patient-report.ts';
import { patientBars, patientPictures } from './pictures.ts';

const STYLE = `${PAGE_STYLE}
body { max-width: 84rem; }
.answer { display: flex; flex-wrap: wrap; gap: .8rem 2.6rem; margin: 1.1rem 0; }
.answer div { min-width: 12rem; }
.answer strong { display: block; font-size: 1.7rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.answer span { color: var(--faint); font-size: .92rem; }
.banner { border-left: 5px solid var(--no); padding: .5rem 1rem; background: var(--soft); margin: 1rem 0; }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 2rem; }
.bars { display: flex; flex-wrap: wrap; gap: 1rem; }
.slice { display: grid; grid-template-columns: repeat(auto-fit, minmax(13.5rem, 1fr)); gap: .6rem; margin: .6rem 0 1.4rem; break-inside: avoid; }
.slice figure { margin: 0; }
.slice figure svg { width: 100%; border-radius: 4px; }
main section:first-child h2 { margin-top: 0; }
.slice figcaption { margin-top: .2rem; }
.verdicts li { grid-template-columns: 5.2rem 1fr; }
.doubt, .stop { color: var(--no); }
`;

export function patientPage(report: PatientReport): string {
  const findings = patientFindings(report);
  const stop = findings.find(({ kind }) => kind === 'stop');
  return htmlPage({
    title: `T1ρ from two images: ${report.title}`,
    style: STYLE,
    header: `<h1>Liver T1ρ from two images</h1>
<p class="lead">${escapeXml(report.title)} · TSL ${report.usedTslMs.join(' and ')} ms · for research only</p>
${stop ? `<p class="banner"><strong>${escapeXml(stop.title)}.</strong> ${escapeXml(stop.text)}</p>` : ''}
<div class="head">${answers(report)}<div class="bars">${patientBars(report)}</div></div>`,
    main: `<section aria-labelledby="pictures"><h2 id="pictures">Pictures</h2>${patientPictures(report)}<p class="note">In the maps of T1ρ, blue is below ${report.cutoffMs[0]} ms and red above ${report.cutoffMs[1]} ms: such pixels are set to that limit. Grey has no value.</p></section>
<section aria-labelledby="findings"><h2 id="findings">What to think of it</h2>${findingList(findings)}</section>
<section aria-labelledby="more"><h2 id="more">Numbers and record</h2>
${report.regions.length > 0 ? `<details><summary>Regions, slice by slice</summary>${regionTable(report.regions)}</details>` : ''}
<details><summary>How it was made</summary><dl class="facts">${report.facts.map(([term, value]) => `<dt>${escapeXml(term)}</dt><dd>${escapeXml(value)}</dd>`).join('')}</dl></details>
<details><summary>Words</summary>${glossary()}</details>
</section>`,
    footer: `Made by rhomap ${escapeXml(report.rhomap)}. For research only; not a medical device: no diagnosis or treatment may rest on it.`,
  });
}

/** The numbers that most come for: each region's mean with its interval. */
function answers({ regions, refined }: PatientReport): string {
  const overall = regions.filter(({ slice }) => slice === undefined);
  if (overall.length === 0)
    return '<p class="note">No region was given: with --roi, its numbers and their intervals stand here.</p>';
  const cards = overall.map(({ label, name, before, refined: after }) => {
    const numbers = after && after.nKept > 0 ? after : before;
    const range = numbers.intervals[0]?.levels.find(({ level }) => level === 0.95)?.rangeMs;
    const words = range
      ? `95 %: ${range[0].toFixed(1)}–${range[1].toFixed(1)} ms for what all images would give`
      : 'no interval: the model is not calibrated';
    return `<div><span>${escapeXml(name ?? `Region ${label}`)}${refined ? ', refined' : ''}</span><strong>${fixed(numbers.mean, 1)} ms</strong><span>${words}</span></div>`;
  });
  return `<div class="answer">${cards.join('')}</div>`;
}

const SIGNS = { good: ['yes', 'Good'], doubt: ['doubt', 'Doubtful'], stop: ['stop', 'Stop'] } as const;

const findingList = (findings: readonly Finding[]): string =>
  `<ul class="verdicts">${findings
    .map(({ kind, title, text }) => {
      const [className, sign] = SIGNS[kind];
      return `<li><span class="sign ${className}">${sign}</span><div><strong>${escapeXml(title)}</strong>${escapeXml(text)}</div></li>`;
    })
    .join('')}</ul>`;

function regionTable(regions: readonly RegionReport[]): string {
  const head = [
    'region',
    'slice',
    'pixels',
    'mean, ms',
    'SD',
    'median',
    'kept',
    'refined mean, ms',
    'SD',
    'median',
    '95 % (all images)',
    '95 % (truth)',
  ];
  const rows = regions.map(({ label, name, slice, nVoxels, before, refined }) => {
    const intervals = (refined ?? before).intervals;
    const range = (of: 'target' | 'truth'): string => {
      const found = intervals.find((i) => i.of === of)?.levels.find(({ level }) => level === 0.95)?.rangeMs;
      return found ? `${found[0].toFixed(2)}–${found[1].toFixed(2)}` : '–';
    };
    const three = (v: { mean: number; standardDeviation: number; median: number } | undefined): string[] =>
      v ? [fixed(v.mean), fixed(v.standardDeviation), fixed(v.median)] : ['–', '–', '–'];
    const place = slice === undefined ? 'all' : String(slice + 1);
    return [
      place,
      String(nVoxels),
      ...three(before),
      refined ? String(refined.nKept) : '–',
      ...three(refined),
      range('target'),
      range('truth'),
    ].reduce(
      (row, cell) => `${row}<td class="number">${cell}</td>`,
      `<th scope="row">${escapeXml(name ?? String(label))}</th>`,
    );
  });
  return `<div class="table" role="group" aria-label="Regions" tabindex="0"><table><thead><tr>${head.map((h, i) => `<th scope="col"${i > 0 ? ' class="number"' : ''}>${h}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${row}</tr>`).join('')}</tbody></table></div>`;
}

const fixed = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : '–');

const WORDS: readonly (readonly [string, string])[] = [
  ['T1ρ', 'spin–lattice relaxation time in the rotating frame, ms'],
  ['TSL', 'time of spin-lock, ms'],
  ['Coarse map', 'least squares of the two images'],
  ['Refined map', 'the coarse map as a trained network corrects it'],
  [
    'Uncertainty',
    'standard deviation of the error of a pixel that is expected against the map of all images, ms',
  ],
  ['Refinement', 'leaving out pixels of a region whose uncertainty is above a threshold'],
  ['95 % (all images)', 'interval for the mean that a fit of all images would give'],
  ['95 % (truth)', 'interval for the true mean, as far as virtual patients teach it'],
];

const glossary = (): string =>
  `<dl class="facts">${WORDS.map(([word, meaning]) => `<dt>${word}</dt><dd>${meaning}</dd>`).join('')}</dl>`;
