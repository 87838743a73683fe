/** The look of a report's page: quiet, readable at 800 pixels and on A4, light and dark by the reader's setting. */
export const PAGE_STYLE: string = `
:root { color-scheme: light dark; --figure-scale: 1; --ink: #1f2328; --faint: #57606a; --line: #d5dae0; --paper: #ffffff; --soft: #f4f6f8; --yes: #11692f; --no: #9a3412; --link: #0a58b0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6e9; --faint: #a3abb5; --line: #3b4149; --paper: #16181c; --soft: #20242a; --yes: #6fd08c; --no: #ffab7a; --link: #7db7ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 .8rem; padding-top: .7rem; border-top: 1px solid var(--line); }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--link); }
.lead, .note, figcaption, .facts dt { color: var(--faint); }
.note { font-size: .86rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .92rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: 1rem 0; font-size: .92rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.verdicts { list-style: none; padding: 0; margin: 1rem 0; }
.verdicts li { display: grid; grid-template-columns: 3.2rem 1fr; padding: .55rem 0; border-top: 1px solid var(--line); break-inside: avoid; }
.verdicts strong { display: block; }
.verdicts .sign { font-weight: 700; }
.yes { color: var(--yes); } .no { color: var(--no); }
.table { overflow-x: auto; margin: 1.1rem 0 .4rem; break-inside: avoid; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th, td { padding: .28rem .55rem; text-align: left; vertical-align: bottom; font-weight: 400; }
thead th { border-bottom: 1.5px solid var(--ink); border-top: 1.5px solid var(--ink); font-weight: 600; }
tbody tr:last-child > * { border-bottom: 1.5px solid var(--ink); }
tbody th { white-space: nowrap; }
.number { text-align: right; }
td.number { white-space: nowrap; }
.best > * { font-weight: 700; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
figure { margin: 2.2rem 0; break-inside: avoid; }
figure h3 { font-size: 1.02rem; margin: 0 0 .5rem; }
small { color: var(--faint); font-size: .92em; margin-left: .6em; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { font-size: .92rem; margin-top: .5rem; }
figcaption p { margin: .25rem 0; }
figcaption .reading { color: var(--ink); }
details { margin: .5rem 0; font-size: .92rem; }
summary { cursor: pointer; color: var(--link); }
summary:focus-visible, a:focus-visible, .table:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .8rem 1rem; border-radius: 4px; font-size: .82rem; }
.rhomap-voxels { image-rendering: pixelated; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .8rem; font-size: .86rem; color: var(--faint); }
@media (max-width: 56rem) { table { font-size: .8rem; } th, td { padding: .25rem .3rem; } }
@media (max-width: 40rem) { .facts { grid-template-columns: 1fr; } .facts dd { margin-bottom: .4rem; } }
@page { size: A4; margin: 16mm 14mm; @bottom-right { content: counter(page) ' / ' counter(pages); font: 8pt sans-serif; color: #57606a; } }
@media print {
  :root { --figure-scale: .75; --ink: #1f2328; --faint: #57606a; --line: #d5dae0; --paper: #ffffff; --soft: #f4f6f8; --yes: #11692f; --no: #9a3412; --link: #1f2328; }
  html { font-size: 10pt; }
  body { font-size: 1rem; padding: 0; max-width: none; }
  nav, details:not([open]) { display: none; }
  .table { overflow: visible; }
  table { font-size: .8rem; }
  th, td { padding: .2rem .35rem; }
  .note { break-before: avoid; }
  h2 { break-after: avoid; margin-top: 1.6rem; }
  figure { margin: 1.4rem 0; }
}
`;
