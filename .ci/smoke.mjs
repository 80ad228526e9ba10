// The README's promise, from outside and with nothing but its commands: a clone in which nothing was ever run, `npm start`,
// a login, a charger that charges, a stop, and a second start that still knows everything.
// node .ci/smoke.mjs CLONE   (everything that is started there is ended by the end)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const clone = process.argv[2];
const children = new Set();
let said = '';

/** Its output is kept, to be shown when something fails. */
function start(command, args, env = {}) {
  const child = spawn(command, args, { cwd: clone, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const run = { child, out: '', ended: undefined };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      run.out += text;
      said += text;
    });
  }
  run.ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve(signal ?? code);
    });
  });
  return run;
}

async function until(what, withinMs, condition) {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(100)) {
    const found = await condition();
    if (found) return found;
  }
  throw new Error(`not within ${withinMs / 1000} s: ${what}`);
}

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

async function step(what, work) {
  const startedAt = Date.now();
  const result = await work();
  console.log(`ok  ${what} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  return result;
}

async function whole() {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = { PORT: String(port) };
  const isReady = async () => (await fetch(`${base}/readyz`).catch(() => undefined))?.ok === true;
  async function call(path, { key, body } = {}) {
    const response = await fetch(`${base}/api/v1${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    });
    const json = await response.json();
    assert.ok(response.ok, `${path}: ${response.status} ${JSON.stringify(json)}`);
    return json;
  }
  const running = () => {
    const server = start('npm', ['start'], env);
    const ready = until('the server is ready', 300_000, async () => {
      if (server.child.exitCode !== null) throw new Error('the server ended before it was ready');
      return isReady();
    });
    return { server, ready };
  };
  const stopped = async (server) => {
    const startedAt = Date.now();
    server.child.kill('SIGTERM');
    assert.equal(await server.ended, 0, 'npm start ends with code 0 after SIGTERM');
    assert.ok(Date.now() - startedAt < 10_000, 'within 10 s');
    assert.equal(existsSync(join(clone, 'data', 'pg', 'postmaster.pid')), false, 'and takes its database with it');
  };

  const first = running();
  await step('npm start in a bare clone', () => first.ready);
  const printed = (name) => {
    const [, value] = new RegExp(`^ +${name} +(\\S+)$`, 'm').exec(first.server.out) ?? [];
    assert.ok(value, `${name} was printed`);
    return value;
  };
  const [email, password, key] = [printed('owner'), printed('password'), printed('API key')];
  await step('the printed login and key work', async () => {
    const { access_token: token } = await call('/auth/login', { body: { email, password } });
    const mine = await call('/organization', { key: token });
    assert.equal((await call('/organization', { key })).id, mine.id);
    assert.equal((await fetch(`${base}/docs`)).status, 200);
    assert.equal((await fetch(`${base}/api/v1/sessions`)).status, 401);
  });
  const charger = await call('/charge-points', { key, body: { identity: 'SMOKE-1' } });
  await call('/tokens', { key, body: { uid: '04A1B2C3', type: 'rfid' } });
  await step('a simulated charger charges', async () => {
    const args = ['--url', `ws://127.0.0.1:${port}/ocpp`, '--identity', 'SMOKE-1', '--password', charger.key];
    const session = ['--token', '04A1B2C3', '--sessions', '1', '--speed', '60'];
    const simulator = start(join(clone, 'scripts', 'simulate'), [...args, ...session]);
    assert.equal(await simulator.ended, 0, 'the simulator is content');
  });
  const session = await step('its session is there', async () => {
    const { data } = await call(`/sessions?charge_point_id=${charger.id}`, { key });
    assert.equal(data.length, 1);
    assert.equal(data[0].status, 'ended');
    assert.ok(data[0].energy_wh > 0);
    const meter = await call(`/sessions/${data[0].id}/meter-values`, { key });
    assert.ok(meter.data.length > 0);
    return data[0];
  });
  await step('an admin makes a key beside the running server', async () => {
    const script = start(join(clone, 'scripts', 'create-api-key'), ['--name', 'smoke', '--scopes', 'read:sessions', '--quiet']);
    assert.equal(await script.ended, 0);
    const [made] = /^dyn_live_\S+$/m.exec(script.out) ?? [];
    assert.equal((await call(`/sessions/${session.id}`, { key: made })).id, session.id);
  });
  await step('metrics are told', async () => {
    const text = await (await fetch(`${base}/metrics`)).text();
    assert.match(text, /^dynamo_\w+_total/m);
    assert.doesNotMatch(text, /SMOKE-1/);
  });
  await step('a second server on the same data says why it does not start', async () => {
    const second = start('npm', ['start'], { PORT: '0' });
    assert.equal(await second.ended, 1);
    assert.match(second.out, /in use by process \d+/);
  });
  await step('SIGTERM stops it cleanly', () => stopped(first.server));

  const again = running();
  await step('the second start is quick', async () => {
    const startedAt = Date.now();
    await again.ready;
    assert.ok(Date.now() - startedAt < 15_000, `${Date.now() - startedAt} ms`);
  });
  await step('it shows no secret again and has forgotten nothing', async () => {
    assert.doesNotMatch(again.server.out, /password|dyn_live_/);
    assert.doesNotMatch(again.server.out, /setup:/);
    assert.deepEqual(await call(`/sessions/${session.id}`, { key }), session);
    assert.doesNotMatch(first.server.out.replace(password, '').replace(key, ''), new RegExp(`${password}|${key}|${charger.key}`));
  });
  await step('and stops as well', () => stopped(again.server));
}

try {
  await whole();
} catch (cause) {
  console.log(said.slice(-6_000));
  console.log(`FAILED  ${cause.stack}`);
  process.exitCode = 1;
} finally {
  for (const child of children) child.kill('SIGTERM');
  const leaving = Promise.all([...children].map((child) => new Promise((resolve) => child.once('close', resolve))));
  await Promise.race([leaving, sleep(15_000, undefined, { ref: false })]);
  for (const child of children) child.kill('SIGKILL');
}
