/** Servers that answer what no PACS should: `rhomap pacs` stays within its folder, its memory and its time, in words. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { dicomWebServer } from '../src/pacs/dicomweb/connection.ts';
import { multipartTokens } from '../src/pacs/dicomweb/multipart.ts';
import { findStudies } from '../src/pacs/dicomweb/query.ts';
import { retrieve } from '../src/pacs/dicomweb/retrieve.ts';
import { elements, mrImage, part10 } from './dicom-builder.ts';
import { rhomap, temporaryFolder } from './support/cli.ts';

const STUDY = '1.2.3';
const NO_LOGIN = { tls: {} };

async function serve(listener: RequestListener, server: Server = createServer()): Promise<string> {
  server.on('request', listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const TYPE = 'multipart/related; type="application/dicom"; boundary=b';
const multipart = (...parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap((part) => [
      Buffer.from('--b\r\nContent-Type: application/dicom\r\nContent-Length: 99999999999\r\n\r\n'),
      part,
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--b--\r\n'),
  ]);
const instance = (sop: string, series = '1.2.4', study = STUDY): Uint8Array =>
  part10(
    elements(mrImage([0x0008_0018, 'UI', sop], [0x0020_000d, 'UI', study], [0x0020_000e, 'UI', series])),
  );

/** What `get` says of a server, and the files that it left. */
async function get(listener: RequestListener, ...more: string[]) {
  const folder = temporaryFolder();
  const address = await serve(listener);
  const said = await rhomap(
    ...['pacs', 'get', '--server', `http://${address}`, '--study', STUDY, '-o', join(folder, 'out'), ...more],
  );
  return { ...said, files: readdirSync(folder, { recursive: true, encoding: 'utf8' }) };
}
const answer =
  (body: Uint8Array | string, type = TYPE, status = 200): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': type }).end(body);

describe('rhomap pacs get', () => {
  it('names files after valid UIDs alone, in its folder', async () => {
    const good = await get(answer(multipart(instance('1.2.5'), instance('1.2.6'), instance('1.2.5'))));
    expect(good).toMatchObject({ code: 0 });
    expect(good.files.filter((name) => name.endsWith('.dcm')).sort()).toEqual([
      join('out', '1.2.4', '1.2.5.dcm'),
      join('out', '1.2.4', '1.2.6.dcm'),
    ]);
    for (const bad of [
      '../../1.2.5',
      '/etc/x',
      '..',
      '1.2.5/../..',
      '1..2',
      '01.2',
      '1.2\\..',
      '',
      `1.${'2'.repeat(64)}`,
    ])
      for (const made of [instance(bad), instance('1.2.5', bad)]) {
        const said = await get(answer(multipart(made)));
        expect(said).toMatchObject({ code: 1, error: expect.stringContaining('UID is'), files: [] });
      }
    const other = await get(answer(multipart(instance('1.2.5', '1.2.4', '1.9.9'))));
    expect(other).toMatchObject({ code: 1, error: expect.stringContaining('another study'), files: [] });
  });

  it('refuses lengths without bound, stated or not, before and while it reads', async () => {
    const huge: RequestListener = (_, response) =>
      void response
        .writeHead(200, { 'content-type': TYPE, 'content-length': String(2 ** 50) })
        .flushHeaders();
    const stated = await get(huge);
    expect(stated).toMatchObject({ code: 1, error: expect.stringContaining('allowed'), files: [] });
    const endless: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-type': TYPE }).write('--b\r\n\r\n');
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(2 ** 16)));
      };
      response.on('drain', more);
      more();
    };
    const folder = temporaryFolder();
    const server = dicomWebServer(`http://${await serve(endless)}`, NO_LOGIN);
    const limit = { maxBytes: 3_000_000 };
    await expect(retrieve(server, { studyInstanceUid: STUDY }, folder, limit)).rejects.toMatchObject({
      code: 'pacs/too-large',
    });
    expect(readdirSync(folder)).toEqual([]);
    const list = dicomWebServer(`http://${await serve(endless)}`, NO_LOGIN);
    await expect(findStudies(list, { limit: 1 })).rejects.toMatchObject({ code: 'pacs/too-large' });
  });

  it.each([
    ['cut short', answer(multipart(instance('1.2.5')).subarray(0, -20)), /breaks off/],
    ['without boundary', answer('x', 'multipart/related'), /no boundary/],
    ['of another type', answer('<html>', 'text/html'), /no boundary/],
    ['of endless headers', answer(`--b\r\n${'x: y\r\n'.repeat(9999)}`), /headers that do not end/],
    ['before any boundary', answer('y'.repeat(50_000)), /does not begin/],
    ['that holds no DICOM', answer(multipart(Buffer.from('hello'))), /not a DICOM file/],
    ['of no parts', answer('--b--'), /has no instance/],
    ['that leads elsewhere', answer('', 'text/plain', 302), /leads on to another address/],
    [
      'with an error and escape codes',
      answer('\u001b[2J<b>oops</b>\u0007', 'text/html', 500),
      /status 500 \( ?\[2J oops/,
    ],
    ['that is no HTTP', (request: IncomingMessage) => void request.socket.end('what?\r\n\r\n'), /not HTTP/],
    ['that hangs up', (request: IncomingMessage) => void request.socket.destroy(), /broke off/],
  ])('says what is wrong with an answer %s', async (_, listener, words) => {
    const said = await get(listener as RequestListener);
    expect(said).toMatchObject({ code: 1, error: expect.stringMatching(words), files: [] });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(said.error.trim()).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('gives up on a server that stalls', async () => {
    const stall: RequestListener = (_, response) =>
      void response.writeHead(200, { 'content-type': TYPE }).write('--b\r\n\r\n');
    const server = dicomWebServer(`http://${await serve(stall)}`, NO_LOGIN, { idleMs: 100 });
    await expect(
      retrieve(server, { studyInstanceUid: STUDY }, temporaryFolder(), { maxBytes: 1e6 }),
    ).rejects.toMatchObject({ code: 'pacs/unreachable' });
  });

  it('says where nobody answers', async () => {
    const server = (await serve(() => {})).replace(/\d+$/, '1');
    expect((await rhomap('pacs', 'list', '--server', `http://${server}`)).error).toMatch(
      /nothing answers at that port/,
    );
  });
});

describe('the login', () => {
  it('is in no address, and goes unencrypted to no other machine', async () => {
    vi.stubEnv('RHOMAP_PACS_TOKEN', 'secret');
    onTestFinished(() => void vi.unstubAllEnvs());
    const list = (address: string) => rhomap('pacs', 'list', '--server', address);
    expect(await list('http://pacs.example/')).toMatchObject({
      code: 2,
      error: expect.stringContaining('not encrypted'),
    });
    expect(await list('https://me:hidden@pacs.example')).toMatchObject({
      code: 2,
      error: expect.stringContaining('must not hold a login'),
    });
    for (const address of ['pacs', 'ftp://pacs', 'http://me:hidden@'])
      expect(await list(address)).toMatchObject({ code: 2, error: expect.not.stringContaining('hidden') });
  });

  it('is a bearer token where one is given', async () => {
    vi.stubEnv('RHOMAP_PACS_TOKEN', 'secret');
    onTestFinished(() => void vi.unstubAllEnvs());
    let header: string | undefined;
    const address = await serve((request, response) => {
      header = request.headers.authorization;
      response.end('[]');
    });
    expect(await rhomap('pacs', 'list', '--server', `http://${address}`)).toMatchObject({ code: 0 });
    expect(header).toBe('Bearer secret');
  });

  it.each([
    ['{"user": "a"}', /user and password together/],
    ['{"user": "a", "password": "b", "token": "c"}', /either user and password or a token/],
    ['{"pasword": "hidden"}', /must be an object/],
    ['hidden', /is no JSON/],
    ['{"certificate": "none.pem", "key": "none.pem"}', /Cannot read .*none\.pem/],
  ])('in a file with %s is refused in words that quote no secret', async (content, words) => {
    const file = join(temporaryFolder(), 'login.json');
    writeFileSync(file, content, { mode: 0o600 });
    const said = await rhomap('pacs', 'list', '--server', 'http://127.0.0.1:1', '--login', file);
    expect(said).toMatchObject({ code: 2, error: expect.stringMatching(words) });
    expect(said.error).not.toContain('hidden');
  });
});

describe('TLS', () => {
  /** An authority, and a server and a client that it certifies. */
  function certificates(): string {
    const folder = temporaryFolder();
    const openssl = (...args: string[]): void =>
      void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
    openssl(
      ...'req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ca'.split(' '),
    );
    for (const [name, subject] of [
      ['server', '/CN=server'],
      ['client', '/CN=client'],
    ] as const) {
      openssl(
        ...`req -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.csr -subj ${subject}`.split(' '),
      );
      writeFileSync(join(folder, 'ext'), 'subjectAltName=IP:127.0.0.1');
      openssl(
        ...`x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out ${name}.pem`.split(
          ' ',
        ),
      );
    }
    return folder;
  }

  it('is checked, and a certificate is the login where the server wants one', async () => {
    const folder = certificates();
    const pem = (name: string): Buffer => readFileSync(join(folder, name));
    const tls = { key: pem('server.key'), cert: pem('server.pem'), ca: pem('ca.pem') };
    const server = createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: true });
    const address = await serve((_, response) => void response.end('[]'), server);
    const list = (fields: object, at = `https://${address}`) => {
      mkdirSync(join(folder, 'login'), { recursive: true });
      const file = join(folder, 'login', 'login.json');
      writeFileSync(file, JSON.stringify(fields), { mode: 0o600 });
      return rhomap('pacs', 'list', '--server', at, '--login', file);
    };
    const authority = '../ca.pem';
    const full = { authority, certificate: '../client.pem', key: '../client.key' };
    expect(await list(full)).toMatchObject({ code: 0, out: 'no study found\n' });
    expect(await list({})).toMatchObject({
      code: 1,
      error: expect.stringMatching(/signed by nobody known here/),
    });
    expect(await list({ authority })).toMatchObject({
      code: 1,
      error: expect.stringMatching(/client certificate/),
    });
    expect(await list(full, `https://${address.replace('127.0.0.1', 'localhost')}`)).toMatchObject({
      code: 1,
      error: expect.stringMatching(/for another name/),
    });
    expect(await list({ ...full, key: '../ca.key' })).toMatchObject({
      code: 1,
      error: expect.stringMatching(/belong/),
    });
    const plain = await serve((_, response) => void response.end('[]'));
    expect(await list(full, `https://${plain}`)).toMatchObject({
      code: 1,
      error: expect.stringMatching(/does not speak TLS/),
    });
  });
});

describe('multipart', () => {
  it('gives the parts whatever their bytes and however they are cut', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .constantFrom('\r\n--', '\r\n--b', '--b', '\r', '')
        .map((text) => Buffer.from(text.replace('--b', '--a'))),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(bytes, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        async (parts, cuts) => {
          const whole = multipart(...parts);
          async function* body(): AsyncGenerator<Uint8Array> {
            for (let at = 0, i = 0; at < whole.length; at += cuts[i++ % cuts.length]!)
              yield whole.subarray(at, at + cuts[i % cuts.length]!);
          }
          const read: Buffer[] = [];
          for await (const token of multipartTokens(body(), 'b')) {
            if (token.part === 'begin') read.push(Buffer.alloc(0));
            if (token.part === 'bytes') read.push(Buffer.concat([read.pop()!, token.bytes]));
          }
          expect(read.map((part) => part.toString('hex'))).toEqual(
            parts.map((part) => Buffer.from(part).toString('hex')),
          );
        },
      ),
    );
  });
});
