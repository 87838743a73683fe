import { availableParallelism, totalmem } from 'node:os';
import { EnvironmentError } from '../../core/errors.ts';
import { VERSION } from '../../core/version.ts';
import { type CommandDefinition, command } from '../command.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or what to do. */
  readonly detail: string;
}

const MINIMUM_NODE = 24;

export const doctorCommand: CommandDefinition = {
  declare: () =>
    command('doctor', 'Say what works on this machine.', ['rhomap doctor', 'rhomap doctor --json']),
  run: async (_args, _flags, { terminal }) => {
    const checks = [checkNode(), checkMachine(), await checkOnnxRuntime(), await checkRasteriser()];
    terminal.result(`rhomap ${VERSION}`);
    for (const { name, ok, detail } of checks)
      terminal.result(`${ok ? 'ok     ' : 'MISSING'}  ${name}: ${detail}`);
    const missing = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    if (missing.length > 0)
      throw new EnvironmentError('doctor/missing', `Not everything works here: ${missing.join(', ')}.`);
    terminal.json({ rhomap: VERSION, checks });
  },
};

function checkNode(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  const ok = major >= MINIMUM_NODE;
  const detail = ok ? process.version : `${process.version}; install Node ${MINIMUM_NODE} or newer`;
  return { name: 'Node.js', ok, detail };
}

const checkMachine = (): Check => ({
  name: 'machine',
  ok: true,
  detail: `${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB memory`,
});

/** Needed for the networks; the least-squares maps work without it. */
async function checkOnnxRuntime(): Promise<Check> {
  const name = 'ONNX Runtime (networks)';
  try {
    const { nodeSessionProvider } = await import('../../runtime/node/session.ts');
    return { name, ok: true, detail: nodeSessionProvider().description };
  } catch (error) {
    return { name, ok: false, detail: `${(error as Error).message}; run npm ci again` };
  }
}

async function checkRasteriser(): Promise<Check> {
  const name = 'PNG previews';
  try {
    const { rasterise } = await import('../../runtime/node/rasterise.ts');
    const png = rasterise('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>');
    return { name, ok: png.length > 0, detail: '@resvg/resvg-js draws' };
  } catch (error) {
    return { name, ok: false, detail: `${(error as Error).message}; run npm ci again` };
  }
}
