import { VERSION } from '../../core/version.ts';
import { type CommandDefinition, command } from '../command.ts';

interface Citation {
  readonly what: string;
  readonly text: string;
  readonly url?: string;
}

const CITATIONS: readonly Citation[] = [
  {
    what: 'this software',
    text: `rhomap contributors. rhomap ${VERSION}: liver T1rho mapping with uncertainty. 2026.`,
  },
  {
    what: 'two-image mapping with uncertainty',
    text: 'Huang C, Wong VWS, Chan Q, Chu WCW, Chen W. An uncertainty aided framework for learning based liver T1rho mapping and analysis. Physics in Medicine & Biology, 2023.',
    url: 'https://arxiv.org/abs/2307.02736',
  },
  {
    what: 'the black-blood acquisition',
    text: 'Chen W, Chan Q, Wáng YXJ. Breath-hold black blood quantitative T1rho imaging of liver using single shot fast spin echo acquisition. Quantitative Imaging in Medicine and Surgery 2016; 6: 168–177.',
    url: 'https://pmc.ncbi.nlm.nih.gov/articles/PMC4858471',
  },
  {
    what: 'the least-squares fit (variable projection)',
    text: 'Golub G, Pereyra V. Separable nonlinear least squares: the variable projection method and its applications. Inverse Problems 2003; 19: R1–R26.',
    url: 'https://doi.org/10.1088/0266-5611/19/2/201',
  },
];

export const citeCommand: CommandDefinition = {
  declare: () => command('cite', 'Print what to cite.', ['rhomap cite', 'rhomap cite --json']),
  run: async (_args, _flags, { terminal }) => {
    for (const { what, text, url } of CITATIONS)
      terminal.result(`For ${what}:\n  ${text}${url ? `\n  ${url}` : ''}\n`);
    terminal.json({ citations: CITATIONS });
  },
};
