/** A gateway in this process: what it takes, refuses, parks and sends on, from scanners good and bad. */
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig, type StoreTarget } from '../src/pacs/gateway/config.ts';
import {
  type Gateway,
  type GatewayStatus,
  gatewayStatus,
  startGateway,
} from '../src/pacs/gateway/gateway.ts';
import { storeToNode } from '../src/pacs/gateway/store-scu.ts';
import { elements, mrImage, part10 } from './dicom-builder.ts';
import { rhomap } from './support/cli.ts';
import {
  type GatewayFile,
  seriesUid,
  studyUid,
  writeGatewayFile,
  writeNumberedSeries,
} from './support/gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'rhomap-gateway-'));
const at = (...path: string[]): string => join(folder, ...path);
const lines: Record<string, unknown>[] = [];
const write = (level: string) => (fields: object, message?: string) =>
  void lines.push({ level, ...fields, message });
const log = { info: write('info'), warn: write('warn'), error: write('error') } as never;

/** A receiver that counts what it is sent, by instance. */
const received = new Map<string, number>();
let isDown = false;
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (isDown) return void response.writeHead(503).end();
    for (const part of Buffer.concat(chunks).toString('latin1').split('DICM').slice(1)) {
      // MediaStorageSOPInstanceUID, in the file meta information: tag, VR and length, then the UID.
      const [uid] = /^[\d.]+/.exec(part.slice(part.indexOf('\u0002\u0000\u0003\u0000UI') + 8))!;
      received.set(uid!, (received.get(uid!) ?? 0) + 1);
    }
    response.end('{}');
  });
});

const PORT = 21_112;
let file: GatewayFile;
let gateway: Gateway;
const status = async (): Promise<GatewayStatus> =>
  (await (await fetch(`http://127.0.0.1:${file.healthPort}/status`)).json()) as GatewayStatus;
async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(50);
}
/** `storescu`, as scanners do it. */
const send = (
  path: string,
  calling = 'SCANNER',
  called = 'RHOMAP',
): Promise<{ code: number; said: string }> =>
  new Promise((done) => {
    const args = ['-aet', calling, '-aec', called, '127.0.0.1', String(PORT), '+sd', path];
    execFile('storescu', args, (error, out, said) => done({ code: error ? 1 : 0, said: out + said }));
  });
const target: StoreTarget = { host: '127.0.0.1', port: PORT, aeTitle: 'RHOMAP', callingAeTitle: 'SCANNER' };
/** One file under whatever names, past every check of a sender's. */
function forge(bytes: Uint8Array, identity: object = {}): Promise<void> {
  const path = at('forged.dcm');
  writeFileSync(path, bytes);
  const own = {
    sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
    sopInstanceUid: '1.2.3',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
  };
  return storeToNode(target, [{ path, studyInstanceUid: '', seriesInstanceUid: '', ...own, ...identity }]);
}
const parkedCodes = async (): Promise<string[]> => (await status()).parked.map(({ code }) => code);

beforeAll(async () => {
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const { port } = receiver.address() as { port: number };
  file = writeGatewayFile(folder, `http://127.0.0.1:${port}`, PORT, {}, { maxInstanceMb: 1, idleSeconds: 2 });
  gateway = await startGateway({ config: await readConfig(file.path), log });
}, 120_000);
afterAll(async () => {
  await gateway?.stop();
  receiver.close();
  rmSync(folder, { recursive: true });
}, 240_000);

describe('a gateway', () => {
  it('maps what comes, sends the results on once, and knows it when it comes again', async () => {
    for (const n of [1, 2]) writeNumberedSeries(at(`scan-${n}`), n);
    const sent = await Promise.all([send(at('scan-1')), send(at('scan-2'))]);
    expect(sent.map(({ code }) => code)).toEqual([0, 0]);
    await until(() => received.size === 10);
    expect(await send(at('scan-1'))).toMatchObject({ code: 0 });
    await until(() => lines.some(({ message }) => message === 'came again: known already'));
    expect([...received.values()]).toEqual(Array(10).fill(1));
    await until(async () => (await status()).jobs.completed === 2);
    for (const name of ['groups', 'ready', 'results', 'incoming'])
      expect(readdirSync(join(file.folder, name))).toEqual([]);
  }, 240_000);

  it('parks unrelated, malformed, partial and contradicting images, each with its reason', async () => {
    writeNumberedSeries(at('scan-3'), 3, 'localizer');
    expect(await send(at('scan-3'))).toMatchObject({ code: 0 });
    expect((await parkedCodes()).filter((code) => code === 'gateway/unrelated')).toHaveLength(12);
    const half = writeNumberedSeries(at('scan-4'), 4).slice(5);
    for (const path of half) rmSync(path);
    expect(await send(at('scan-4'))).toMatchObject({ code: 0 });
    const [path] = writeNumberedSeries(at('other'), 4);
    const other = readFileSync(path!);
    other[other.length - 1]! ^= 1;
    await forge(other, { sopInstanceUid: '1.2.3.4' });
    await until(async () => (await parkedCodes()).includes('gateway/partial'));
    expect(await parkedCodes()).toContain('gateway/conflict');
    const cut = part10(elements(mrImage()).subarray(0, 200));
    await expect(forge(cut)).rejects.toThrow(/does not take a file \(status c000\)/);
    const { parked } = await status();
    expect(parked.find(({ code }) => code === 'gateway/partial')!.message).toMatch(/Not a whole series/);
    expect(parked.find(({ code }) => code.startsWith('dicom/'))!.message).not.toBe('');
    expect(readdirSync(join(file.folder, 'groups'))).toEqual([]);
  }, 240_000);

  it('keeps what the receiver does not take, and sends it when it does', async () => {
    isDown = true;
    const before = received.size;
    writeNumberedSeries(at('scan-5'), 5);
    await send(at('scan-5'));
    await until(() =>
      lines.some(({ message, code }) => /tried again/.test(String(message)) && code === 'pacs/refused'),
    );
    expect(readdirSync(join(file.folder, 'results'))).toHaveLength(1);
    isDown = false;
    await until(() => received.size === before + 5);
  }, 240_000);

  it('refuses strangers and wrong names, and listens to this machine alone', async () => {
    expect((await send(at('scan-1'), 'STRANGER')).said).toMatch(/Calling AE Title Not Recognized/);
    expect((await send(at('scan-1'), 'SCANNER', 'OTHER')).said).toMatch(/Called AE Title Not Recognized/);
    expect(lines.filter(({ message }) => message === 'association refused').map(({ code }) => code)).toEqual([
      'gateway/unknown-peer',
      'gateway/called-ae',
    ]);
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((one) => one && !one.internal && one.family === 'IPv4');
    for (const port of outside ? [PORT, file.healthPort] : [])
      await expect(
        new Promise((done, fail) =>
          connect(port, outside!.address).once('connect', done).once('error', fail),
        ),
      ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('tells its state to this machine, and not to a page in a browser', async () => {
    const at = `http://127.0.0.1:${file.healthPort}`;
    expect(await (await fetch(`${at}/health`)).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${at}/status`, { headers: { origin: 'http://elsewhere' } })).status).toBe(404);
    expect((await fetch(`${at}/health`, { method: 'POST' })).status).toBe(405);
    const said = await rhomap('gateway', 'status', '--config', file.path);
    expect(said.error).toBe('');
    expect(said.out).toMatch(/^running: 0 waiting, 0 in work, 3 done, 0 failed for good; \d+ parked/);
  });

  it('is one of its folder', async () => {
    const said = await rhomap('gateway', 'retry', '--config', file.path);
    expect(said).toMatchObject({ code: 1, error: expect.stringMatching(/Another gateway has/) });
  });

  it('logs no patient data and no UID', () => {
    const text = JSON.stringify(lines);
    for (const secret of ['Test^Patient', 'P1"', seriesUid(1), studyUid(1), 'T1rho liver'])
      expect(text).not.toContain(secret);
    expect(text).toContain('mapped and sent');
  });
});

describe('a hostile sender', () => {
  const outside = (): string[] => readdirSync(folder).filter((name) => name !== 'state');
  const open = (): Promise<Socket> =>
    new Promise((done) => {
      const socket = connect(PORT, '127.0.0.1', () => done(socket));
      socket.on('error', () => {});
    });
  const gone = (socket: Socket): Promise<void> =>
    new Promise((done) => socket.resume().once('close', () => done()));

  it('names no file, by UID, AE title or directory', async () => {
    const before = outside();
    for (const bad of ['../../../escaped', '/tmp/escaped', '..', '1.2/../../x', '1.2\u0000x']) {
      const image = part10(elements(mrImage([0x0008_0018, 'UI', bad], [0x0008_103e, 'LO', 't1rho'])));
      await expect(forge(image, { sopInstanceUid: bad })).rejects.toThrow(/status c000/);
      const series = part10(elements(mrImage([0x0020_000e, 'UI', bad], [0x0008_103e, 'LO', 't1rho'])));
      await expect(forge(series)).rejects.toThrow(/status c000/);
      const titled = { ...target, callingAeTitle: bad.slice(0, 16) };
      await expect(storeToNode(titled, [])).rejects.toThrow(/refuses the association/);
    }
    // A DICOMDIR, which names files, is taken from nobody.
    await expect(forge(part10(elements(mrImage())), { sopClassUid: '1.2.840.10008.1.3.10' })).rejects.toThrow(
      /does not take objects/,
    );
    expect(outside().filter((name) => name !== 'forged.dcm')).toEqual(
      before.filter((name) => name !== 'forged.dcm'),
    );
    expect(existsSync('/tmp/escaped')).toBe(false);
  }, 120_000);

  it('cannot make it gather: announced lengths, large instances, deflated bombs', async () => {
    const huge = await open();
    huge.write(Buffer.from([1, 0, 0xff, 0xff, 0xff, 0xf0, 0, 1]));
    await gone(huge);
    expect(lines.at(-1)).toMatchObject({ code: 'gateway/pdu-too-large' });
    const image = mrImage([0x0008_103e, 'LO', 't1rho'], [0x7fe0_0010, 'OW', new Uint8Array(2 * 2 ** 20)]);
    await expect(forge(part10(elements(image)))).rejects.toThrow(/does not take a file/);
    const swollen = elements(mrImage([0x0008_2111, 'UT', new Uint8Array(2 ** 27)]));
    const bomb = part10(deflateRawSync(swollen), '1.2.840.10008.1.2.1.99');
    expect(bomb.length).toBeLessThan(2 ** 20);
    await expect(forge(bomb, { transferSyntaxUid: '1.2.840.10008.1.2.1.99' })).rejects.toThrow(/status c000/);
    expect(readdirSync(join(file.folder, 'incoming'))).toEqual([]);
  }, 240_000);

  it('that is silent is cut off', async () => {
    await gone(await open());
  }, 120_000);

  it('leaves nothing open, association after association', async () => {
    const handles = (): number =>
      process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name)).length;
    await storeToNode(target, []).catch(() => {});
    await sleep(200);
    const before = handles();
    for (let i = 0; i < 100; i++) await storeToNode(target, []).catch(() => {});
    await sleep(300);
    expect(handles()).toBeLessThanOrEqual(before + 5);
    expect(await send(at('scan-1'))).toMatchObject({ code: 0 });
  }, 240_000);
});

describe('what a gateway is told', () => {
  const told = (change: object): Promise<unknown> => {
    const path = at('changed.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(file.path, 'utf8')), ...change }));
    return readConfig(path);
  };
  it.each([
    [{ schemaVersion: 2 }, /schemaVersion/],
    [{ rules: [] }, /rules/],
    [{ rules: [{ name: '../x', match: { protocolName: 'a' }, tslMs: [0, 50] }] }, /letters, digits/],
    [{ rules: [{ name: 'x', match: {}, tslMs: [0, 50] }] }, /at least one pattern/],
    [{ rules: [{ name: 'x', match: { protocolName: '(' }, tslMs: [0, 50] }] }, /regular expression/],
    [{ rules: [{ name: 'x', match: { protocolName: 'a' } }] }, /tslMs or tslFrom/],
    [{ node: { port: 1, aeTitle: 'A\\B', peers: [{ aeTitle: 'S' }] } }, /AE title/],
    [{ node: { port: 1, aeTitle: 'A', peers: [] } }, /peers/],
    [{ node: undefined }, /node or watch/],
    [{ password: 'x' }, /password|[Uu]nrecognized/],
  ])('%j is refused', async (change, words) => {
    await expect(told(change)).rejects.toThrow(words);
  });
});

it('a full disk is told to senders and to whoever asks for its health', async () => {
  const own = at('full');
  mkdirSync(own);
  const told = writeGatewayFile(own, 'http://127.0.0.1:1', PORT + 10, { minFreeMb: 1e12 });
  const config = await readConfig(told.path);
  const full = await startGateway({ config, log });
  try {
    expect((await fetch(`http://127.0.0.1:${told.healthPort}/health`)).status).toBe(503);
    const path = at('forged.dcm');
    writeFileSync(path, part10(elements(mrImage())));
    const identity = {
      sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
      sopInstanceUid: '1.2.3.1',
      transferSyntaxUid: '1.2.840.10008.1.2.1',
    };
    await expect(
      storeToNode({ ...target, port: PORT + 10 }, [
        { path, studyInstanceUid: '', seriesInstanceUid: '', ...identity },
      ]),
    ).rejects.toThrow(/status a700/);
  } finally {
    await full.stop();
  }
  expect(await gatewayStatus({ config, log })).toMatchObject({ isRunning: false, jobs: { completed: 0 } });
}, 120_000);
