/** A DICOM node alone, and senders that know the protocol and misuse it: bounded in number, bytes and time. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { NodeConfig } from '../src/pacs/gateway/config.ts';
import { STORE_STATUS, startDicomNode } from '../src/pacs/gateway/dicom-node.ts';
import { storeToNode } from '../src/pacs/gateway/store-scu.ts';
import { elements, mrImage, part10 } from './dicom-builder.ts';

const folder = mkdtempSync(join(tmpdir(), 'rhomap-node-'));
afterAll(() => rmSync(folder, { recursive: true }));
const PORT = 21_312;
const LONG_SECONDS = 600;
/** What the system holds of a connection between sender and node is smaller. */
const MAX_IN_FLIGHT_BYTES = 32 * 2 ** 20;
const identity = {
  ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.4', sopInstanceUid: '1.2.3', studyInstanceUid: '' },
  ...{ transferSyntaxUid: '1.2.840.10008.1.2.1', seriesInstanceUid: '' },
};
const scan = { ...identity, path: join(folder, 'scan.dcm') };

interface Listening {
  readonly codes: string[];
  readonly incoming: () => string[];
  readonly taken: string[];
}

/** A node until the end of the test, and what it logs and takes. */
async function listen(more: Partial<NodeConfig> = {}): Promise<Listening> {
  const incoming = mkdtempSync(join(folder, 'incoming-'));
  const [codes, taken]: [string[], string[]] = [[], []];
  const write = ({ code }: { code: string }): void => void codes.push(code);
  const node = await startDicomNode({
    node: {
      ...{ port: PORT, host: '127.0.0.1', aeTitle: 'RHOMAP', peers: [{ aeTitle: 'SCANNER' }] },
      ...{ maxAssociations: 16, maxInstanceMb: 1, idleSeconds: LONG_SECONDS, ...more },
    },
    incoming,
    log: { info: write, warn: write, error: write } as never,
    isFull: () => false,
    onImage: async (path) => {
      taken.push(path);
      rmSync(path);
      return STORE_STATUS.ok;
    },
  });
  onTestFinished(() => node.close(0));
  return { codes, taken, incoming: () => readdirSync(incoming) };
}

const store = (port = PORT): Promise<void> =>
  storeToNode({ host: '127.0.0.1', port, aeTitle: 'RHOMAP', callingAeTitle: 'SCANNER' }, [scan]);

interface Client {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  isClosed: boolean;
}

const open = (): Promise<Client> =>
  new Promise((done) => {
    const socket = connect(PORT, '127.0.0.1', () => done(client));
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const client: Client = { socket, closed, isClosed: false };
    socket.on('error', () => {});
    socket.resume().once('close', () => {
      client.isClosed = true;
      resolve();
    });
  });

async function until(what: () => boolean): Promise<void> {
  while (!what()) await sleep(20);
}

/** What a good sender says: association, command and data set, release. */
let association: Buffer;
let command: Buffer;
let data: Buffer[];
beforeAll(async () => {
  const pixels = new Uint8Array(100_000);
  writeFileSync(scan.path, part10(elements(mrImage([0x7fe0_0010, 'OW', pixels]))));
  mkdirSync(join(folder, 'recorded'));
  const node = await startDicomNode({
    node: {
      ...{ port: PORT, host: '127.0.0.1', aeTitle: 'RHOMAP', peers: [{ aeTitle: 'SCANNER' }] },
      ...{ maxAssociations: 2, maxInstanceMb: 1, idleSeconds: LONG_SECONDS },
    },
    incoming: join(folder, 'recorded'),
    log: { info: () => {}, warn: () => {}, error: () => {} } as never,
    isFull: () => false,
    onImage: async () => STORE_STATUS.ok,
  });
  const said: Buffer[] = [];
  const relay = createServer((from) => {
    const to = connect(PORT, '127.0.0.1');
    from.on('data', (chunk) => said.push(chunk)).on('error', () => {});
    from
      .pipe(to)
      .on('error', () => {})
      .pipe(from);
  });
  await new Promise<void>((done) => relay.listen(0, '127.0.0.1', done));
  await store((relay.address() as AddressInfo).port);
  relay.close();
  await node.close(0);
  const pdus: Buffer[] = [];
  for (let left = Buffer.concat(said); left.length > 0; left = left.subarray(pdus.at(-1)!.length))
    pdus.push(left.subarray(0, 6 + left.readUInt32BE(2)));
  [association, command, ...data] = pdus.slice(0, -1) as [Buffer, Buffer, ...Buffer[]];
  expect([association[0], command[0], data.length > 3]).toEqual([1, 4, true]);
});

/** The message control header of a P-DATA PDU (PS3.8, annex E.2): something follows. */
const unended = (pdu: Buffer): Buffer => {
  const copy = Buffer.from(pdu);
  copy[11]! &= ~2;
  return copy;
};

/** Says it again and again until the other side hangs up; returns how many bytes it sent. */
async function repeat({ socket, closed }: Client, pdu: Buffer): Promise<number> {
  let nBytes = 0;
  while (!socket.destroyed) {
    nBytes += pdu.length;
    if (socket.write(pdu)) await new Promise((done) => setImmediate(done));
    else await Promise.race([closed, new Promise((done) => socket.once('drain', done))]);
  }
  return nBytes;
}

it('takes as many connections at a time as it was told, and goes on when they end', async () => {
  await listen({ maxAssociations: 3 });
  const clients: Client[] = [];
  for (let i = 0; i < 12; i++) clients.push(await open());
  const nClosed = (): number => clients.filter(({ isClosed }) => isClosed).length;
  await until(() => nClosed() >= 9);
  await sleep(200);
  expect(nClosed()).toBe(9);
  await expect(store()).rejects.toThrow(/cannot be reached/);
  for (const { socket } of clients) socket.destroy();
  for (let isFree = false; !isFree; )
    isFree = await store().then(
      () => true,
      () => false,
    );
});

it('an endless command, and data of no command, end after kilobytes', async () => {
  const { codes } = await listen();
  for (const [before, pdu] of [
    [[association], unended(command)],
    [[association], unended(data[0]!)],
  ] as const) {
    const client = await open();
    for (const one of before) client.socket.write(one);
    expect(await repeat(client, pdu)).toBeLessThan(MAX_IN_FLIGHT_BYTES);
    expect(codes.pop()).toBe('gateway/command-too-large');
  }
});

it('an endless image ends at twice the size that is allowed', async () => {
  const { codes, incoming, taken } = await listen({ maxInstanceMb: 1 });
  const client = await open();
  client.socket.write(Buffer.concat([association, command]));
  const nBytes = await repeat(client, unended(data[0]!));
  expect(nBytes).toBeGreaterThan(2 ** 21);
  expect(nBytes).toBeLessThan(2 ** 21 + MAX_IN_FLIGHT_BYTES);
  expect(codes).toContain('gateway/endless-image');
  await until(() => incoming().length === 0);
  expect(taken).toEqual([]);
});

it('a sender that is killed in the middle of an image leaves nothing, and the next one is served', async () => {
  const { incoming, taken } = await listen();
  const client = await open();
  client.socket.write(Buffer.concat([association, command, ...data.slice(0, 2), data[2]!.subarray(0, 99)]));
  await until(() => incoming().length === 1);
  expect(client.isClosed).toBe(false);
  client.socket.destroy();
  await until(() => incoming().length === 0);
  expect(taken).toEqual([]);
  await store();
  expect(taken).toHaveLength(1);
});

it.each([
  ['before the association', () => [Buffer.alloc(0), association] as const],
  ['after it', () => [association, command] as const],
  ['in an image', () => [Buffer.concat([association, command]), data[0]!] as const],
])('a sender that drips, %s, is cut off', async (_, make) => {
  const { codes, incoming } = await listen({ idleSeconds: 1 });
  const [first, dripping] = make();
  const client = await open();
  if (first.length > 0) client.socket.write(first);
  // Alive at every moment: a byte each 50 ms, and enough of them for much longer than a second.
  expect(dripping.length * 50).toBeGreaterThan(5000);
  let nBytes = 0;
  for (; nBytes < dripping.length && !client.isClosed; nBytes++) {
    client.socket.write(dripping.subarray(nBytes, nBytes + 1));
    await sleep(50);
  }
  expect(nBytes).toBeLessThan(dripping.length);
  expect(codes.length).toBeGreaterThan(0);
  await until(() => incoming().length === 0);
});
