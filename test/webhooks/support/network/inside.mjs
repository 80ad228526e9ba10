/**
 * Runs in a network and a mount namespace of its own, where every address is this machine. Starts the name server, receivers
 * that count who was dialled, and the real server; does what its parent asks over IPC. Ends with its parent.
 */
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDns } from './dns.mjs';

const PORT = 3000;
/** Where something inside would listen: of TLS these, of others those. */
const TLS_PORTS = [443, 8443];
const PLAIN_PORTS = [22, 80, 6379];

const inner = [];
const received = [];
let publicAddresses = new Set();
let server;
process.on('disconnect', () => {
  server?.kill('SIGKILL');
  process.exit(0);
});

const heard = (socket) => {
  const address = (socket.localAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
  if (!publicAddresses.has(address)) inner.push(`${address} ${socket.localPort}`);
  socket.on('error', () => undefined);
};
const listen = (listener, port) => new Promise((resolve) => listener.listen({ port, host: '::' }, resolve));

async function prepare({ folder, zone, publics, certificate }) {
  execFileSync('perl', [fileURLToPath(new URL('./every-address-is-mine.pl', import.meta.url))]);
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
  execFileSync('mount', ['--bind', join(folder, 'resolv.conf'), '/etc/resolv.conf']);
  publicAddresses = new Set(publics);
  await startDns(zone);
  for (const port of TLS_PORTS)
    await listen(
      createHttpsServer({ cert: certificate.cert, key: certificate.key }, answer)
        .on('connection', heard)
        .on('tlsClientError', () => undefined),
      port,
    );
  for (const port of PLAIN_PORTS) await listen(createTcpServer((socket) => socket.end()).on('connection', heard), port);
}

/** Paths say what the receiver does: /302?to=URL redirects; anything else is a 200, after which the connection ends. */
function answer(request_, response) {
  const url = new URL(request_.url, 'https://x');
  received.push({ path: url.pathname, at: request_.socket.localAddress });
  const status = /^\/(30\d)$/.exec(url.pathname)?.[1];
  const headers = { connection: 'close', ...(status !== undefined && { location: url.searchParams.get('to') }) };
  request_.resume().on('end', () => response.writeHead(Number(status ?? 200), headers).end());
}

async function startServer(env) {
  await stopServer();
  let output = '';
  server = spawn(process.execPath, ['dist/src/main.js'], {
    env: { ...env, PORT: String(PORT), HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const mine = server;
  for (const stream of [mine.stdout, mine.stderr])
    stream.on('data', (text) => {
      output = (output + text).slice(-10_000);
    });
  for (let tries = 0; tries < 600; tries += 1) {
    if (mine.exitCode !== null) throw new Error(`the server ended: ${output}`);
    if ((await rest({ method: 'GET', path: '/readyz' }).catch(() => undefined))?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server is not ready: ${output}`);
}

async function stopServer() {
  if (server === undefined || server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await gone;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const rest = ({ method, path, key, body }) =>
  new Promise((resolve, reject) => {
    const headers = {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(body && { 'content-type': 'application/json' }),
    };
    const asked = request({ host: '127.0.0.1', port: PORT, agent, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, body: text.startsWith('{') ? JSON.parse(text) : {} }),
      );
    });
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });

const orders = { prepare, startServer, stopServer, rest, heard: async () => ({ inner, received }) };
async function obey({ id, order, input }) {
  try {
    process.send({ id, result: (await orders[order](input)) ?? null });
  } catch (fault) {
    process.send({ id, fault: String(fault?.stack ?? fault) });
  }
}
process.on('message', (message) => void obey(message)); // it tells its faults itself
