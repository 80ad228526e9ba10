import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { Resolve } from '../../src/webhooks/resolve.ts';
import { createSender, type Sender, type SenderOptions } from '../../src/webhooks/sender.ts';
import { createTargetGuard } from '../../src/webhooks/target-guard.ts';
import { testCertificate } from './support/certificate.ts';
import { answer, type Behaviour, hang, type Receiver, startReceiver, until } from './support/receiver.ts';

const certificate = await testCertificate(['receiver.test', 'other.test'], ['127.0.0.1']);
const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

async function receiver(behaviour?: Behaviour, host?: string): Promise<Receiver> {
  const started = await startReceiver(certificate, behaviour, host);
  opened.push(started);
  return started;
}

const loopback: Resolve = async () => ['127.0.0.1'];

function sender(more: Partial<SenderOptions> & { allowSubnets?: string[] } = {}): Sender {
  const { allowSubnets = ['127.0.0.1'], resolve = loopback, ...rest } = more;
  const guard = createTargetGuard({ allowSubnets, resolve });
  const made = createSender({ guard, resolve, timeoutMs: 5000, caPem: certificate.caPem, ...rest });
  opened.push(made);
  return made;
}

const request = (port: number, path = '/hook?a=1', host = 'receiver.test') => ({
  url: `https://${host}:${port}${path}`,
  headers: { 'Content-Type': 'application/json', 'X-Webhook-Event': 'session.started' },
  body: '{"text":"Zähler ⚡"}',
});

test('the body arrives byte for byte, under the host name of the URL, on connections that are used again', async () => {
  const { port, received, connections } = await receiver(answer(204));
  const send = sender();
  for (let i = 0; i < 10; i += 1)
    expect(await send.send(request(port))).toEqual({
      kind: 'answered',
      status: 204,
      retryAfter: undefined,
      reply: { headers: { date: expect.any(String) }, body: '' },
    });
  expect(connections()).toBeLessThanOrEqual(2);
  expect(received[0]).toMatchObject({
    path: '/hook?a=1',
    body: '{"text":"Zähler ⚡"}',
    headers: { host: `receiver.test:${port}`, 'x-webhook-event': 'session.started', 'content-length': '22' },
  });
});

test('requests to one host go side by side, as many as are sent', async () => {
  const { port, received, connections } = await receiver(hang);
  const send = sender();
  const all = Promise.all(Array.from({ length: 40 }, () => send.send(request(port))));
  await until('all have arrived', () => received.length === 40);
  expect(connections()).toBe(40);
  await send.close();
  expect(await all).toEqual(Array.from({ length: 40 }, () => ({ kind: 'unanswered', why: 'aborted' })));
});

test('what a receiver answers is told, whatever the status', async () => {
  const to = await receiver();
  const send = sender();
  for (const status of [200, 202, 400, 404, 410, 500]) {
    to.behave(answer(status, {}, 'some text'));
    expect(await send.send(request(to.port))).toMatchObject({ kind: 'answered', status });
  }
  to.behave(answer(429, { 'Retry-After': '120' }));
  expect(await send.send(request(to.port))).toEqual({
    kind: 'answered',
    status: 429,
    retryAfter: '120',
    reply: { headers: { date: expect.any(String), 'retry-after': '120' }, body: '' },
  });
});

test('a redirect is an answer; nobody goes there', async () => {
  const inside = await receiver();
  for (const status of [301, 302, 303, 307, 308]) {
    const to = await receiver(answer(status, { Location: `https://receiver.test:${inside.port}/secret` }));
    expect(await sender().send(request(to.port))).toMatchObject({ kind: 'answered', status });
  }
  expect(inside.connections()).toBe(0);
});

test('a receiver that never answers is given up after the time-out', async () => {
  const to = await receiver(hang);
  expect(await sender({ timeoutMs: 200 }).send(request(to.port))).toEqual({ kind: 'unanswered', why: 'timeout' });
});

test('a receiver that drips its answer byte by byte is given up after the same time-out', async () => {
  const to = await receiver((_req, res) => {
    res.writeHead(200);
    const timer = setInterval(() => res.write('x'), 10);
    res.on('close', () => clearInterval(timer));
  });
  expect(await sender({ timeoutMs: 2000 }).send(request(to.port))).toEqual({
    kind: 'unanswered',
    status: 200,
    why: 'timeout',
    reply: { headers: { date: expect.any(String) }, body: expect.stringMatching(/^x+$/) },
  });
});

test('a receiver that drips its headers is given up after the same time-out', async () => {
  const to = await receiver((_req, res) => {
    const { socket } = res;
    socket?.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket?.write('X-A: b\r\n'), 20);
    socket?.on('close', () => clearInterval(timer));
  });
  expect(await sender({ timeoutMs: 300 }).send(request(to.port))).toEqual({ kind: 'unanswered', why: 'timeout' });
});

test('of an answer of a gigabyte next to nothing is read, and its status counts', async () => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let written = 0;
  const to = await receiver((_req, res) => {
    res.writeHead(200, { 'Content-Length': String(1024 ** 3) });
    const pour = (): void => {
      while (written < 1024 ** 3 && !res.destroyed) {
        written += chunk.length;
        if (!res.write(chunk)) return void res.once('drain', pour);
      }
    };
    pour();
  });
  expect(await sender().send(request(to.port))).toMatchObject({ kind: 'answered', status: 200 });
  // what fits into the buffers of the kernel may have left the receiver, but it was never read
  expect(to.bytesSent()).toBeLessThan(16 * 1024 ** 2);
});

test('a compressed answer stays compressed: a bomb does not go off', async () => {
  const to = await receiver(answer(200, { 'Content-Encoding': 'gzip' }, 'this is no gzip'));
  expect(await sender().send(request(to.port))).toMatchObject({ kind: 'answered', status: 200 });
});

test.each([
  [
    'resets the connection',
    (socket: Socket) => socket.resetAndDestroy(),
    /^(connection_failed: ECONNRESET|tls_failed)/,
  ],
  ['closes the connection', (socket: Socket) => socket.end(), /^(connection_failed|tls_failed)/],
  ['speaks no TLS', (socket: Socket) => socket.write('220 smtp ready\r\n'), /^tls_failed/],
] as const)('a server that %s fails the attempt and nothing else', async (_, behave, why) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  const { port } = server.address() as AddressInfo;
  const got = await sender({ timeoutMs: 20_000 }).send(request(port));
  expect(got).toEqual({ kind: 'unanswered', why: expect.stringMatching(why) });
});

test('a receiver that breaks off in the middle of its answer has not answered', async () => {
  const to = await receiver((_req, res) => {
    res.writeHead(200, { 'Content-Length': '100' });
    res.write('x', () => res.socket?.destroy());
  });
  expect(await sender().send(request(to.port))).toMatchObject({ kind: 'unanswered', status: 200 });
});

test('an answer that is no HTTP is invalid', async () => {
  const to = await receiver((_req, res) => res.socket?.end('HELLO\r\n\r\n'));
  expect(await sender().send(request(to.port))).toEqual({
    kind: 'unanswered',
    why: expect.stringMatching(/^invalid_reply/),
  });
});

test('nobody listens: refused; no such name: said so', async () => {
  const gone = await startReceiver(certificate);
  await gone.close();
  expect(await sender().send(request(gone.port))).toEqual({
    kind: 'unanswered',
    why: 'connection_failed: ECONNREFUSED',
  });
  const absent = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  const lost = sender({ resolve: () => Promise.reject(absent) });
  expect(await lost.send(request(443))).toEqual({ kind: 'unanswered', why: 'dns_failed: ENOTFOUND' });
});

test('a certificate that nobody vouches for, or for another name, is refused', async () => {
  const { port, received } = await receiver();
  const strangers = sender({ caPem: undefined });
  expect(await strangers.send(request(port))).toEqual({
    kind: 'unanswered',
    why: expect.stringMatching(/^tls_failed: (UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/),
  });
  expect(await sender().send(request(port, '/', 'wrong.test'))).toEqual({
    kind: 'unanswered',
    why: 'tls_failed: ERR_TLS_CERT_ALTNAME_INVALID',
  });
  expect(await sender().send(request(port, '/', 'other.test'))).toMatchObject({ kind: 'answered' });
  expect(await sender().send(request(port, '/', '127.0.0.1'))).toMatchObject({ kind: 'answered' });
  expect(received).toHaveLength(2);
});

test('an address that is not allowed is never dialled, however the target is written', async () => {
  const { port, connections } = await receiver();
  const strict = sender({ allowSubnets: [] });
  for (const host of ['receiver.test', '127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '[::1]'])
    expect(await strict.send(request(port, '/', host))).toEqual({
      kind: 'unanswered',
      why: expect.stringMatching(/^target_refused: /),
    });
  expect(await strict.send({ ...request(port), url: `http://127.0.0.1:${port}/` })).toEqual({
    kind: 'unanswered',
    why: 'target_refused: must begin with https://',
  });
  expect(connections()).toBe(0);
});

test('a name that changes its address between the check and the dial gains nothing', async () => {
  const inside = await receiver();
  // public when the endpoint is saved, inside when it is dialled
  const answers = [['93.184.215.14'], ['127.0.0.1']];
  const resolve: Resolve = async () => answers.shift() ?? ['127.0.0.1'];
  const guard = createTargetGuard({ allowSubnets: [], resolve });
  const send = createSender({ guard, resolve, timeoutMs: 5000, caPem: certificate.caPem });
  opened.push(send);
  expect(await guard.faultOf(`https://rebinding.test:${inside.port}/`)).toBeUndefined();
  expect(await send.send(request(inside.port, '/', 'rebinding.test'))).toEqual({
    kind: 'unanswered',
    why: 'target_refused: rebinding.test leads to 127.0.0.1',
  });
  expect(inside.connections()).toBe(0);
});

test('within one dial the name is asked once, and the address that was checked is the one that is dialled', async () => {
  const inside = await receiver(answer(200), '127.0.0.1');
  const outside = await receiver(answer(201), '127.0.0.2');
  let asked = 0;
  // every second answer leads inside
  const resolve: Resolve = async () => [asked++ % 2 === 0 ? '127.0.0.2' : '127.0.0.1'];
  const send = sender({ allowSubnets: ['127.0.0.2'], resolve });
  expect(await send.send(request(outside.port))).toMatchObject({ kind: 'answered', status: 201 });
  expect(asked).toBe(1);
  expect(inside.connections()).toBe(0);
});

test('one reserved address among public ones is enough to refuse', async () => {
  const { port, connections } = await receiver();
  const send = sender({ resolve: async () => ['127.0.0.1', '10.0.0.1'] });
  expect(await send.send(request(port))).toMatchObject({ why: 'target_refused: receiver.test leads to 10.0.0.1' });
  expect(connections()).toBe(0);
});

test('an address that does not answer is passed over while there is another', async () => {
  const { port } = await receiver(answer(200), '127.0.0.2');
  const send = sender({ allowSubnets: ['127.0.0.0/8'], resolve: async () => ['127.0.0.1', '127.0.0.2'] });
  expect(await send.send(request(port))).toMatchObject({ kind: 'answered', status: 200 });
});

/** A group address: the kernel says ENETUNREACH at once and sends nothing, as to any IPv6 address of a machine without IPv6. */
const NO_WAY = 'ff02::1';
const anyTarget = { allows: () => true, allowsHost: () => true };

/** Lets through to that port what comes, but answers no handshake for so long. */
async function slowDoor(port: number, delayMs: number): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const timer = setTimeout(() => {
      const to = connect(port, '127.0.0.1');
      for (const socket of [from, to]) socket.on('error', () => to.destroy());
      sockets.add(to);
      from.pipe(to).pipe(from);
    }, delayMs);
    sockets.add(from);
    from.on('error', () => undefined).on('close', () => clearTimeout(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return (server.address() as AddressInfo).port;
}

test('a slow receiver has its time, also where its other address cannot be reached from here', async () => {
  const { port, received } = await receiver();
  const send = sender({ resolve: async () => ['127.0.0.1', NO_WAY], guard: anyTarget, timeoutMs: 20_000 });
  const door = await slowDoor(port, 3500);
  expect(await send.send(request(door))).toMatchObject({ kind: 'answered', status: 200 });
  expect(received).toHaveLength(1);
  // Of addresses that can be reached the last one has it.
  const refusing = sender({ resolve: async () => ['127.0.0.1', '127.0.0.2', NO_WAY], guard: anyTarget });
  expect(await refusing.send(request(door))).toEqual({ kind: 'unanswered', why: 'connection_failed: ECONNREFUSED' });
});

test('what is told is the fault of an address that can be reached from here, if there is one', async () => {
  const gone = await startReceiver(certificate);
  await gone.close();
  const why = async (...addresses: string[]) =>
    sender({ resolve: async () => addresses, guard: anyTarget }).send(request(gone.port));
  const refused = { kind: 'unanswered', why: 'connection_failed: ECONNREFUSED' };
  expect(await why('127.0.0.1', NO_WAY)).toEqual(refused);
  expect(await why(NO_WAY, '127.0.0.1')).toEqual(refused);
  expect(await why(NO_WAY)).toEqual({ kind: 'unanswered', why: 'connection_failed: ENETUNREACH' });
});

test('an endpoint from before the hosts were named is held to them when it is dialled', async () => {
  const inside = await receiver();
  const guard = createTargetGuard({ allowSubnets: ['127.0.0.0/8'], allowHosts: ['hooks.test'], resolve: loopback });
  const send = createSender({ guard, resolve: loopback, timeoutMs: 5000, caPem: certificate.caPem });
  opened.push(send);
  expect(await send.send(request(inside.port))).toMatchObject({
    kind: 'unanswered',
    why: 'target_refused: receiver.test is no host that is allowed',
  });
  expect(inside.connections()).toBe(0);
});

test('the other end of the connection is checked too, whatever was dialled', async () => {
  const { port, received } = await receiver();
  const judged: string[] = [];
  // allowed to be dialled, not allowed to be what was reached
  const guard = { allows: (address: string) => judged.push(address) === 1, allowsHost: () => true };
  const send = createSender({ guard, resolve: loopback, timeoutMs: 5000, caPem: certificate.caPem });
  opened.push(send);
  expect(await send.send(request(port))).toEqual({ kind: 'unanswered', why: 'target_refused: connected to 127.0.0.1' });
  expect(judged).toEqual(['127.0.0.1', '127.0.0.1']);
  expect(received).toHaveLength(0);
});
