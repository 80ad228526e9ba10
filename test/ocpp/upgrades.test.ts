import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { until } from '../support/until.ts';
import { createRig, rawRequest, upgradeRequest } from './rig.ts';

const rig = await createRig();
const key = rig.charger('CP-1');
const authorization = `Basic ${Buffer.from(`CP-1:${key}`).toString('base64')}`;
afterAll(() => rig.close());

const isAlive = async (): Promise<boolean> => {
  const charger = await rig.connect('CP-1');
  const answer = await charger.call('Heartbeat');
  charger.socket.terminate();
  return answer[0] === 3;
};

test('ocpp-rpc fault, `/ocpp/%` ends the process unauthenticated: it is a 400 and the process lives', async () => {
  expect(await rawRequest(rig.port, upgradeRequest('/ocpp/%'))).toMatch(/^HTTP\/1\.1 400 /);
  expect(await isAlive()).toBe(true);
});

const targets = [
  '/ocpp/%',
  '/ocpp/%%',
  '/ocpp/%E0%A4%A',
  '/ocpp/%c0%ae',
  '/ocpp/%00',
  '/ocpp/a%00b',
  '/ocpp/%zz',
  '/ocpp/%2',
  '/ocpp/CP%',
  '/ocpp/CP%201',
  '/ocpp/CP|1',
  '/ocpp/CP:1',
  '/ocpp/CP;1',
  '/ocpp/<script>',
  '/ocpp/..%2f..%2fetc',
  '/ocpp/../CP-1',
  '/ocpp/a/b/c',
  `/ocpp/${'x'.repeat(49)}`,
  `/ocpp/${'x'.repeat(5000)}`,
  `/ocpp/${'%41'.repeat(3000)}`,
  '/ocpp/%F0%9F%92%A9',
  '/ocpp',
  '/ocpp/',
  '//',
  '/',
  '/ocpp//',
  '//ocpp/CP-1',
  '/OCPP/CP-1',
  '/ocpp16',
  '/ocpp/1.6/',
  '/api/v1/x',
  '/.env',
  '/wp-login.php',
  'http://localhost/ocpp/CP-1',
  'https://localhost:443/ocpp/CP-1',
  'ws://localhost/ocpp/CP-1',
  '*',
  'localhost:80',
  'ocpp/CP-1',
  '/ocpp/CP-1?%',
  '/ocpp/CP-1?a=%E0%A4',
  '/ocpp/CP-1#%',
  '/ocpp/CP-1?',
  '/?/ocpp/CP-1',
  '/ocpp/?CP-1',
  '/ocpp/constructor',
  '/ocpp/__proto__',
  '/ocpp/CP-1%0d%0aX: y',
  '/ocpp/CP-1/..',
  '/ocpp/.',
  '/ocpp/..',
];
const headerSets: Record<string, string | undefined>[] = [
  { Upgrade: 'h2c' },
  { Upgrade: 'websocket, h2c' },
  { Upgrade: '' },
  { Upgrade: 'WEBSOCKET' },
  { 'Sec-WebSocket-Key': undefined },
  { 'Sec-WebSocket-Key': 'short' },
  { 'Sec-WebSocket-Key': 'x'.repeat(3000) },
  { 'Sec-WebSocket-Key': '' },
  { 'Sec-WebSocket-Version': undefined },
  { 'Sec-WebSocket-Version': '8' },
  { 'Sec-WebSocket-Version': '99' },
  { 'Sec-WebSocket-Version': 'x' },
  { 'Sec-WebSocket-Protocol': ',,,' },
  { 'Sec-WebSocket-Protocol': '' },
  { 'Sec-WebSocket-Protocol': 'a b c' },
  { 'Sec-WebSocket-Protocol': '"' },
  { 'Sec-WebSocket-Protocol': 'x,'.repeat(3000) },
  { 'Sec-WebSocket-Protocol': 'ocpp9.9' },
  { 'Sec-WebSocket-Extensions': 'permessage-deflate; x=;;' },
  { 'Sec-WebSocket-Extensions': '\u0080' },
  { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits=99' },
  { Authorization: 'Basic' },
  { Authorization: 'Basic %%%' },
  { Authorization: `Basic ${'A'.repeat(7000)}` },
  { Authorization: 'Basic Og==' },
  { Authorization: 'basic Q1AtMQ==' },
  { Authorization: 'Digest username="CP-1"' },
  { Authorization: `Basic ${Buffer.from('\u0000:\u0000').toString('base64')}` },
  { Connection: 'close' },
  { Connection: 'upgrade, keep-alive' },
  { Host: undefined },
  { Host: 'a b' },
  { Origin: 'null' },
  { 'Content-Length': '5' },
  { 'Transfer-Encoding': 'chunked' },
  { Expect: '100-continue' },
  { 'User-Agent': '\u001b[31m\u0007' },
  { 'X-Forwarded-For': '1.2.3.4, %' },
  { Cookie: 'x'.repeat(9000) },
];

test('T16: mutated upgrade requests get 400, 401, 404 or a clean end, and the process lives', async () => {
  const requests = [
    ...targets.map((target) => upgradeRequest(target)),
    ...headerSets.map((headers) => upgradeRequest('/ocpp/STRANGER', headers)),
    ...['POST', 'OPTIONS', 'CONNECT', 'DELETE', 'get', 'FOO'].map((method) =>
      upgradeRequest('/ocpp/CP-1').replace('GET', method),
    ),
    'GET /ocpp/CP-1 HTTP/1.0\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    'GET /ocpp/CP-1\r\n\r\n',
    'GET /ocpp/CP 1 HTTP/1.1\r\nHost: x\r\n\r\n',
    '\u0016\u0003\u0001\u0002\u0000\u0001',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'GET',
    upgradeRequest('/ocpp/CP-1').replaceAll('\r\n', '\n'),
    upgradeRequest('/ocpp/CP-1', { 'X-Long': 'x'.repeat(20_000) }),
  ];
  expect(requests.length).toBeGreaterThan(100);
  const answers = new Map<string, string>();
  await Promise.all(
    requests.map(async (request) => {
      // A half request is ended by the client: nothing may be left behind.
      const ended = request.endsWith('\r\n\r\n') ? request : `${request}\r\n\r\n`;
      answers.set(request, await rawRequest(rig.port, ended));
    }),
  );
  for (const [request, answer] of answers) {
    expect([request.slice(0, 100), answer.slice(0, 12)]).toEqual([
      request.slice(0, 100),
      expect.stringMatching(/^(|HTTP\/1\.1 (400|401|404|405|408|417|426|429|431|501)?)/),
    ]);
    expect(answer).not.toContain('101 Switching');
    expect(answer).not.toContain('HTTP/1.1 5');
  }
  expect(await isAlive()).toBe(true);
  expect(rig.logged.filter((line) => line.level === 'error')).toEqual([]);
});

test('T16: a request with credentials that are right is not let in for a broken handshake', async () => {
  for (const headers of [{ 'Sec-WebSocket-Key': 'short' }, { 'Sec-WebSocket-Version': '12' }, { Upgrade: 'h2c' }]) {
    const answer = await rawRequest(
      rig.port,
      upgradeRequest('/ocpp/CP-1', { Authorization: authorization, ...headers }),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  }
});

test('random requests leave the process alive', async () => {
  const token = fc.constantFrom(
    '%',
    '/',
    'ocpp',
    'CP-1',
    '?',
    '\t',
    '|',
    '\u00ff',
    'a'.repeat(300),
    ':',
    ',',
    ';',
    '"',
    '%00',
    '..',
  );
  const text = fc.array(token, { maxLength: 8 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, text, text, text, async (path, protocol, auth, extension) => {
      const answer = await rawRequest(
        rig.port,
        upgradeRequest(`/ocpp/${path.replaceAll('\t', '')}`, {
          'Sec-WebSocket-Protocol': protocol,
          Authorization: `Basic ${auth}`,
          'Sec-WebSocket-Extensions': extension,
        }),
      );
      expect(answer).not.toContain('101 Switching');
    }),
    { numRuns: 300 },
  );
  expect(await isAlive()).toBe(true);
});

test('a stranger who hangs up while he is looked up leaves nothing behind', async () => {
  let asked = 0;
  const answers: (() => void)[] = [];
  const slow = await createRig({
    db: {
      rows: () => {
        asked += 1;
        return new Promise((resolve) => answers.push(() => resolve([])));
      },
    },
  });
  try {
    const sockets = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = connect(slow.port, '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.write(upgradeRequest('/ocpp/CP-1', { Authorization: authorization }));
        return socket;
      }),
    );
    await until('they are looked up', () => asked > 0);
    sockets.forEach((socket, i) => {
      if (i % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await until('all are answered', () => {
      for (const answer of answers.splice(0)) answer();
      return slow.metrics.filter((each) => each.startsWith('knock')).length === 20;
    });
  } finally {
    await slow.close();
  }
  expect(await isAlive()).toBe(true);
});
