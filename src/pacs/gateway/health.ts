/** Says over HTTP, on loopback unless told otherwise, whether the gateway lives and what it has to do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { GatewayConfig } from './config.ts';

export interface Health {
  readonly status: 'ok' | 'disk full' | 'stopping';
}

export interface HealthServer {
  close(): Promise<void>;
}

/**
 * `/health` tells nothing but the state; `/status`, which names series, is told to this machine alone.
 * @throws Error where the port is taken.
 */
export async function serveHealth(
  where: GatewayConfig['health'],
  health: () => Health,
  status: () => Promise<object>,
): Promise<HealthServer> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const json = (code: number, body: object): void =>
      void response
        .writeHead(code, {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        })
        .end(`${JSON.stringify(body)}\n`);
    if (request.method !== 'GET') json(405, {});
    else if (request.url === '/health') json(health().status === 'ok' ? 200 : 503, health());
    else if (request.url === '/status' && isFromHere(request)) json(200, await status());
    else json(404, {});
  };
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.maxConnections = 32;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where.port, where.host, resolve);
  });
  return {
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** A page in a browser on this machine is not from here: it says another host, or where it comes from. */
function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const isLoopback = /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
  const isOwnName = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '');
  return isLoopback && isOwnName && headers.origin === undefined;
}
