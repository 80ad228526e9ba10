/** The files of OCPP_TLS_CERTS while the server runs: new ones are taken, broken ones are not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, expect, test } from '@jest/globals';
import express from 'express';
import { readTlsFiles } from '../../src/config/tls-files.ts';
import { createOwnTls, type OwnTls } from '../../src/http/index.ts';
import { authority } from '../support/pki.ts';

const folder = mkdtempSync(join(tmpdir(), 'dynamo-own-tls-'));
const chain = join(folder, 'chain.pem');
const key = join(folder, 'key.pem');
const root = await authority();
const names = ['127.0.0.1'];
const open: OwnTls[] = [];
afterAll(async () => {
  await Promise.all(open.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  rmSync(folder, { recursive: true });
});

async function put(name: string): Promise<void> {
  const issued = await root.issue(`CN=${name}`, { names });
  writeFileSync(chain, issued.cert);
  writeFileSync(key, issued.key);
}

async function opened(rsaKeyExchange = true) {
  const errors: object[] = [];
  const log = { info: () => undefined, debug: () => undefined, error: (fields: object) => void errors.push(fields) };
  const files = { certificates: [{ chain, key }], clientCa: undefined };
  const config = { port: 0, files, fromDevCa: false, rsaKeyExchange };
  const tls = await createOwnTls({ app: express(), config, devCa: undefined, names, log });
  open.push(tls);
  await new Promise<void>((resolve) => tls.server.listen(0, '127.0.0.1', resolve));
  return { tls, errors, port: (tls.server.address() as AddressInfo).port };
}

const nameAt = (port: number, ciphers?: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const more = ciphers === undefined ? {} : ({ ciphers, maxVersion: 'TLSv1.2' } as const);
    const socket = connect({ host: '127.0.0.1', port, ca: root.pem, ...more }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.on('error', reject);
  });

test('a renewed certificate is shown without a restart; one that does not fit its key is not, and is told', async () => {
  await put('first');
  const { tls, errors, port } = await opened();
  expect(await nameAt(port)).toBe('first');
  await put('second');
  tls.reload();
  expect(await nameAt(port)).toBe('second');
  writeFileSync(key, (await root.issue('CN=third', { names })).key);
  tls.reload();
  expect(errors).toHaveLength(1);
  expect(await nameAt(port)).toBe('second');
});

test('the suites without forward secrecy can be left out', async () => {
  const issued = await root.issue('CN=rsa', { names, rsa: true });
  writeFileSync(chain, issued.cert);
  writeFileSync(key, issued.key);
  expect(await nameAt((await opened(true)).port, 'AES128-GCM-SHA256')).toBe('rsa');
  await expect(nameAt((await opened(false)).port, 'AES128-GCM-SHA256')).rejects.toThrow();
});

test.each([
  ['a file that is not there', () => ({ chain: join(folder, 'none.pem'), key }), /none\.pem cannot be read \(ENOENT\)/],
  ['a key in place of the certificate', () => ({ chain: key, key }), /key\.pem holds no certificate/],
  ['a certificate in place of the key', () => ({ chain, key: chain }), /chain\.pem holds no private key/],
])('%s is named', async (_what, pair, message) => {
  await put('named');
  expect(() => readTlsFiles({ certificates: [pair()], clientCa: undefined })).toThrow(message);
});
