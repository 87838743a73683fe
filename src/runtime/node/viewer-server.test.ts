import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../test/support/cli.ts';
import { serveViewer, type ViewerSession } from './viewer-server.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

let url: URL;

/** The bare protocol: `fetch` would correct paths and forbid headers that an attacker sends. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: url.port, path, headers, method }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text, headers: response.headers }));
    })
      .on('error', reject)
      .end();
  });

beforeEach(async () => {
  const root = temporaryFolder();
  const [viewerFolder, folder] = [join(root, 'page'), join(root, 'scan')];
  for (const path of [viewerFolder, folder, join(folder, 'sub')]) mkdirSync(path);
  writeFileSync(join(viewerFolder, 'index.html'), '<!doctype html>page');
  writeFileSync(join(root, 'secret'), 'secret');
  writeFileSync(join(folder, 'a.nii'), 'first');
  writeFileSync(join(folder, 'sub', 'b.dcm'), 'second');
  symlinkSync(join(root, 'secret'), join(folder, 'leak'));
  const server = await serveViewer({ viewerFolder, folder });
  onTestFinished(server.close);
  url = new URL(server.url);
});

it('serves the page and the folder, links out of it left out', async () => {
  expect(url.hostname).toBe('127.0.0.1');
  const page = await ask('/');
  expect([page.status, page.text]).toEqual([200, '<!doctype html>page']);
  expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(page.headers['cross-origin-opener-policy']).toBe('same-origin');
  const { folder } = JSON.parse((await ask('/session.json')).text) as ViewerSession;
  expect(folder?.files.map(({ name }) => name)).toEqual(['a.nii', 'sub/b.dcm']);
  expect((await ask(`/${folder!.files[1]!.url}`)).text).toBe('second');
});

describe('refuses', () => {
  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example',
    '[::1]:1',
  ])('requests for the host %s', async (host) => {
    expect((await ask('/session.json', { host })).status).toBe(421);
  });

  it.each([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ])('other origins: %o', async (headers) => {
    expect((await ask('/files/0', headers as Record<string, string>)).status).toBe(403);
  });

  it.each([
    '/../secret',
    '/..%2fsecret',
    '/files/../../secret',
    '/files/2',
    '/files/-1',
    '//secret',
    '/etc/passwd',
  ])('the path %s', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it('anything but reading', async () => {
    expect((await ask('/', {}, 'POST')).status).toBe(405);
    expect((await ask('/', {}, 'DELETE')).status).toBe(405);
  });

  it('a port that is taken', async () => {
    await expect(
      serveViewer({ viewerFolder: temporaryFolder(), port: Number(url.port) }),
    ).rejects.toMatchObject({ code: 'view/port' });
  });
});

it('a link on another site may lead a person to the page', async () => {
  const visit = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  expect((await ask('/', visit)).status).toBe(200);
});
