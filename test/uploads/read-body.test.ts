/** A sender that goes away before anybody reads: whoever reads is told, and nobody else. */
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from '@jest/globals';
import { readForm, readRaw } from '../../src/uploads/read-body.ts';
import { until } from '../support/until.ts';

const server = createServer((request) => arrived(request));
let arrived: (request: IncomingMessage) => void = () => undefined;
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => new Promise((resolve) => server.close(resolve)));

const BODIES = {
  raw: { type: 'text/plain', body: 'a beginning', read: readRaw },
  form: {
    type: 'multipart/form-data; boundary=x',
    body: '--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\na beginning',
    read: readForm,
  },
} as const;

test.each(Object.keys(BODIES) as (keyof typeof BODIES)[])(
  '%s: it breaks off while the place of the file is made',
  async (kind) => {
    const { type, body, read } = BODIES[kind];
    const request = await new Promise<IncomingMessage>((resolve) => {
      arrived = resolve;
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
        socket.end(`PUT / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 1000\r\n\r\n${body}`);
        socket.once('close', () => undefined).resume();
      });
    });
    const slow = async (source: Readable) => {
      await until('the sender is gone', () => source.destroyed);
      await text(source);
      return { storedAs: 'x', sizeBytes: 0, sha256: '' };
    };
    await expect(read(request, slow)).rejects.toThrow();
  },
);
