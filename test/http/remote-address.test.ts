import type { IncomingMessage } from 'node:http';
import { expect, test } from '@jest/globals';
import express from 'express';
import { createIsSecure, createRemoteAddressOf } from '../../src/http/index.ts';

const seen = (trusted: string[] | false, remoteAddress: string, forwarded?: string): string => {
  const app = express();
  app.set('trust proxy', trusted);
  const request = {
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
  };
  return createRemoteAddressOf(app)(request as unknown as IncomingMessage); // all that is read of it
};

test.each([
  ['nobody is trusted: a stranger cannot name his address', false, '203.0.113.9', '10.0.0.1', '203.0.113.9'],
  ['without a proxy there is nothing to read', ['10.0.0.0/8'], '203.0.113.9', undefined, '203.0.113.9'],
  ['a stranger beside the proxy is not believed', ['10.0.0.0/8'], '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['a configured proxy is believed', ['10.0.0.0/8'], '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  [
    'what stands before the first stranger is hearsay',
    ['10.0.0.0/8'],
    '10.0.0.1',
    '1.2.3.4, 198.51.100.1, 10.0.0.2',
    '198.51.100.1',
  ],
  ['a proxy that names nobody is the address itself', ['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
] as const)('%s', (_, trusted, socket, forwarded, expected) => {
  expect(seen(trusted === false ? false : [...trusted], socket, forwarded)).toBe(expected);
});

test.each([
  ['a plain line', ['loopback'], '127.0.0.1', undefined, false],
  ['TLS at a trusted proxy', ['loopback'], '127.0.0.1', 'https', true],
  ['the same, in the words of WebSocket', ['loopback'], '127.0.0.1', 'wss', true],
  ['TLS at the first of several proxies', ['loopback'], '127.0.0.1', 'https, http', true],
  ['a plain line to a trusted proxy', ['loopback'], '127.0.0.1', 'http', false],
  ['what a stranger claims', ['loopback'], '203.0.113.9', 'https', false],
  ['what is claimed where no proxy is trusted', false, '127.0.0.1', 'https', false],
] as const)('%s', (_what, trusted, remoteAddress, proto, secure) => {
  const app = express();
  app.set('trust proxy', trusted === false ? false : [...trusted]);
  const headers = proto === undefined ? {} : { 'x-forwarded-proto': proto };
  const request = { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
  expect(createIsSecure(app)(request)).toBe(secure);
  const own = { headers: {}, socket: { remoteAddress, encrypted: true } } as unknown as IncomingMessage;
  expect(createIsSecure(app)(own)).toBe(true);
});
