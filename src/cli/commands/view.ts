import { spawn } from 'node:child_process';
import { shippedModelPath, shippedModels } from '../../runtime/node/models.ts';
import { viewerFolder } from '../../runtime/node/viewer-folder.ts';
import { serveViewer } from '../../runtime/node/viewer-server.ts';
import { type CommandDefinition, command } from '../command.ts';
import { portNumber } from '../flags.ts';

interface ViewFlags {
  readonly port?: number;
  readonly open: boolean;
}

export const viewCommand: CommandDefinition = {
  declare: () =>
    command('view', 'Look at images and maps, draw regions and take the numbers away, in your browser.', [
      'rhomap view',
      'rhomap view scan/',
      'rhomap view maps --port 8080 --no-open',
    ])
      .argument('[dir]', 'folder to open: images, or results of rhomap; without it, drop files on the page')
      .option('--port <n>', 'port on this machine (default: any free one)', portNumber)
      .option('--no-open', 'do not start a browser'),
  run: async ([folder], rawFlags, { terminal }) => {
    const flags = rawFlags as unknown as ViewFlags;
    const server = await serveViewer({
      viewerFolder: await viewerFolder(() => terminal.info('building the viewer (once)')),
      models: new Map((await shippedModels()).map((name) => [name, shippedModelPath(name)])),
      ...(folder !== undefined && { folder }),
      ...(flags.port !== undefined && { port: flags.port }),
    });
    terminal.result(`${server.url}\n(only this machine can reach it; Ctrl+C ends it)`);
    terminal.json({ url: server.url });
    if (flags.open) openBrowser(server.url);
    await interrupted();
    await server.close();
  },
};

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Where no browser starts, the address on the screen is enough. */
function openBrowser(url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  spawn(program, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
