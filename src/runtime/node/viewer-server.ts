/**
 * Serves the viewer on loopback, and the files of one folder with it. A page on another site that a browser on this
 * machine visits must get nothing: requests that name another host (DNS rebinding), come from another origin, or ask
 * for anything but the files listed at the start are refused. Files are addressed by their number, so no path of a
 * request ever reaches the file system.
 */
import { createReadStream, globSync, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, relative, resolve, sep } from 'node:path';
import { EnvironmentError } from '../../core/errors.ts';
import type { FileSource } from '../../core/source.ts';
import { findSources } from './sources.ts';

export interface ViewerServerSettings {
  /** The built viewer. */
  readonly viewerFolder: string;
  /** What the viewer opens at its start; nothing where absent. */
  readonly folder?: string;
  /** Default: any free one. */
  readonly port?: number;
  /** Shipped networks: paths by name. */
  readonly models?: ReadonlyMap<string, string>;
}

export interface ViewerServer {
  readonly url: string;
  /** Ends the server and its open connections. */
  close(): Promise<void>;
}

/** `session.json`: what the viewer is to open. */
export interface ViewerSession {
  readonly folder: {
    readonly name: string;
    readonly files: readonly { readonly name: string; readonly bytes: number; readonly url: string }[];
  } | null;
  readonly models: readonly { readonly name: string; readonly url: string }[];
}

/** Nothing is loaded from elsewhere, nothing inline runs, nobody may frame the page. */
export const VIEWER_CONTENT_POLICY: string = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  // Pictures for paper and PNG are drawn from SVG text.
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': VIEWER_CONTENT_POLICY,
  // Threads in WebAssembly need a page that is isolated from others.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** What can be asked for: bytes in memory or a file, by path. */
type Offers = ReadonlyMap<string, { readonly file: string } | { readonly text: string }>;

/**
 * Starts the server.
 * @throws EnvironmentError `view/port` if the port is taken; what `findSources` throws for the folder.
 */
export async function serveViewer(settings: ViewerServerSettings): Promise<ViewerServer> {
  const offers = await offersOf(settings);
  const server = createServer((request, response) => answer(offers, request, response));
  const { port = 0 } = settings;
  await new Promise<void>((done, fail) => {
    server.once('error', (cause) =>
      fail(
        new EnvironmentError(
          'view/port',
          `Port ${port} cannot be used (${cause.message}); give another one with --port.`,
          { cause },
        ),
      ),
    );
    server.listen(port, '127.0.0.1', done);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function offersOf({ viewerFolder, folder, models = new Map() }: ViewerServerSettings): Promise<Offers> {
  const page = globSync('**/*', { cwd: viewerFolder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const sources = folder === undefined ? [] : await within(folder, await findSources([folder]));
  const files = sources.map(({ name, bytes }, i) => ({
    name: relative(folder!, name).replaceAll(sep, '/') || name,
    bytes,
    url: `files/${i}`,
  }));
  const session: ViewerSession = {
    folder: folder === undefined ? null : { name: folder, files },
    models: [...models.keys()].map((name) => ({ name, url: `models/${encodeURIComponent(name)}.onnx` })),
  };
  return new Map<string, { readonly file: string } | { readonly text: string }>([
    ...page.map((file) => [`/${relative(viewerFolder, file).replaceAll(sep, '/')}`, { file }] as const),
    ['/', { file: join(viewerFolder, 'index.html') }],
    ...sources.map(({ name }, i) => [`/files/${i}`, { file: name }] as const),
    ...[...models].map(([name, file]) => [`/models/${encodeURIComponent(name)}.onnx`, { file }] as const),
    ['/session.json', { text: JSON.stringify(session) }],
  ]);
}

/** A link that leads out of the folder is not served. */
async function within(folder: string, sources: readonly FileSource[]): Promise<FileSource[]> {
  const info = statSync(folder);
  const root = info.isDirectory() ? await realpath(folder) : resolve(folder, '..');
  const inside = await Promise.all(
    sources.map(async ({ name }) => {
      const real = await realpath(name).catch(() => '');
      return real.startsWith(root.endsWith(sep) ? root : root + sep);
    }),
  );
  return sources.filter((_, i) => inside[i]);
}

function answer(offers: Offers, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/' } = request;
  for (const [header, value] of Object.entries(HEADERS)) response.setHeader(header, value);
  const path = url.split(/[?#]/)[0]!;
  const offer = offers.get(path);
  const status = refusal(request) ?? (offer ? 200 : 404);
  response.statusCode = status;
  if (status !== 200 || !offer) {
    response.end();
    return;
  }
  const name = 'file' in offer && !path.startsWith('/files/') ? offer.file : path;
  response.setHeader('Content-Type', TYPES[extname(name)] ?? 'application/octet-stream');
  if (method === 'HEAD') response.end();
  else if ('text' in offer) response.end(offer.text);
  else
    createReadStream(offer.file)
      .on('error', () => response.destroy())
      .pipe(response);
}

/** Why a request gets nothing, as an HTTP status; `undefined` where it may ask. */
function refusal(request: IncomingMessage): number | undefined {
  if (!isOwnHost(request)) return 421;
  if (!isOwnOrigin(request)) return 403;
  return request.method === 'GET' || request.method === 'HEAD' ? undefined : 405;
}

/** Only names of this machine, with the port that it listens on. */
function isOwnHost({ headers, socket }: IncomingMessage): boolean {
  return ['127.0.0.1', 'localhost'].some((name) => headers.host === `${name}:${socket.localPort}`);
}

/** The page itself may ask; another site may lead a person here, but get nothing itself. */
function isOwnOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return false;
  const site = headers['sec-fetch-site'] ?? 'none';
  const isVisit = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return site === 'same-origin' || site === 'none' || isVisit;
}
