// What the journeys of the console stand on: a server with a database of its own, simulated chargers, a receiver of webhooks, and a
// browser that keeps every fault it sees.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';
import { keptCertificate } from '../../dist/scripts/kit/certificate.js';
import { freePort, startServer } from '../../dist/scripts/kit/server-process.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const shotsFolder = fileURLToPath(new URL('./shots/', import.meta.url));
export const owner = { email: 'owner@example.com', password: 'a lantern over the quay' };
export const apiKey = 'dyn_live_BrowserBrowserBrowserBrowserBrowserBrow1';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const findBrowser = () => [process.env.CHROMIUM, ...BROWSERS].find((file) => file && existsSync(file));

export async function until(what, condition) {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
    if (await condition()) return;
  }
  throw new Error(`not within 30 s: ${what}`);
}

const closers = [];
/** Whatever was opened, the last first; a fault on the way closes the rest as well. */
export async function closeAll() {
  for (const close of closers.reverse())
    await Promise.resolve(close()).catch((cause) => console.log(`closing: ${cause}`));
}

export async function startWorld() {
  const dataDir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'dynamo-browser-'));
  closers.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const [certificate, port, mailbox] = await Promise.all([keptCertificate(dataDir), freePort(), startMailbox()]);
  const server = await startServer({
    port,
    env: {
      DATA_DIR: dataDir,
      NODE_ENV: 'production',
      BOOTSTRAP_ORG: 'Harbour Charging',
      BOOTSTRAP_EMAIL: owner.email,
      BOOTSTRAP_PASSWORD: owner.password,
      BOOTSTRAP_API_KEY: apiKey,
      WEBHOOK_ALLOW_SUBNETS: '127.0.0.0/8',
      WEBHOOK_CA_FILE: certificate.caFile,
      WEBHOOK_RETRY_OFFSETS: '1', // a delivery has failed soon
      SMTP_URL: mailbox.url,
      MAIL_FROM: 'Dynamo <csms@example.com>',
      LOG_LEVEL: 'warn',
      CONSOLE_MAP_TILES_URL: 'https://tiles.example.com/{z}/{x}/{y}.png',
      CONSOLE_MAP_ATTRIBUTION: '© Harbour maps <https://maps.example.com/>',
    },
  });
  closers.push(() => server.stop());
  return { server, certificate, dataDir, mailbox };
}

/** Also when this process ends in the middle of something. */
const outlivesNobody = (child) => process.once('exit', () => child.kill());

/** A program of test/support in a process of its own, with what it says: first where it is. */
async function startBeside(file, env = {}) {
  const child = spawn(process.execPath, [join(root, 'test/support', file)], {
    stdio: 'pipe',
    env: { ...process.env, ...env },
  });
  outlivesNobody(child);
  closers.push(() => child.kill());
  const lines = createInterface({ input: child.stdout });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said = `${said}${text}`.slice(-2_000);
  });
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`${file} ended with ${code}: ${said}`);
  });
  const [first] = await Promise.race([once(lines, 'line'), ended]);
  ended.catch(() => {}); // later it ends as it is told to
  return { first, lines };
}

/** An OpenID provider (test/support/identity-provider.mjs), at which somebody is signed in already. */
export async function startProvider({ caFile, cert, key }, { redirectUri, person }) {
  const client = { client_id: 'dynamo', client_secret: 'as the provider shows it', redirect_uris: [redirectUri] };
  const env = { OIDC_CERT: cert, OIDC_KEY: key, OIDC_CLIENTS: JSON.stringify([client]) };
  const { first: issuer } = await startBeside('identity-provider.mjs', env);
  const told = request(`${issuer}/control`, { method: 'POST', ca: readFileSync(caFile) });
  told.end(JSON.stringify({ person }));
  const [answer] = await once(told, 'response');
  answer.resume();
  await once(answer, 'end');
  return { issuer, clientId: client.client_id, secret: client.client_secret };
}

/** Takes every e-mail. */
async function startMailbox() {
  const { first, lines } = await startBeside('smtp-server.mjs');
  const mails = [];
  lines.on('line', (line) => mails.push(JSON.parse(line)));
  /** The link in the e-mail to somebody whose subject says so, as it comes. */
  async function linkFor(address, word) {
    const isMeant = ({ to, headers }) =>
      to.includes(address) && headers.some((each) => each.startsWith('Subject:') && each.includes(word));
    await until(`an e-mail to ${address}: ${word}`, () => mails.some(isMeant));
    // long lines are broken in transport (RFC 2045 6.7)
    const text = mails.findLast(isMeant).content.replaceAll('=\r\n', '').replaceAll('=3D', '=');
    return new URL(/https?:\/\/\S+/.exec(text)[0]);
  }
  return { url: `smtp://user:secret@127.0.0.1:${JSON.parse(first).port}`, mails, linkFor };
}

/** Another organization beside the first, as whoever runs the server makes one; resolves to its owner. */
export async function anotherOrganization(dataDir, name, email) {
  const password = 'a harbour without a sea';
  const args = ['--new-organization', name, '--email', email, '--role', 'owner', '--password-stdin'];
  const child = spawn(process.execPath, [join(root, 'dist/scripts/create-admin.js'), ...args], {
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(`${password}\n`);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`create-admin ended with ${code}`);
  return { email, password };
}

/** REST, as a program of the organization or as somebody. */
export const restOf = (base) =>
  async function call(method, path, body, token = apiKey) {
    const response = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };

export function simulate(port, ...args) {
  const all = ['--url', `ws://127.0.0.1:${port}/ocpp`, '--quiet', ...args];
  const child = spawn(process.execPath, [join(root, 'dist', 'scripts', 'simulate.js'), ...all], { stdio: 'ignore' });
  outlivesNobody(child);
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  closers.push(stop);
  return { stop };
}

/** A charger that tries once; resolves to the status it was refused with. */
export function knock(port, identity, password) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${identity}`, 'ocpp1.6', {
    auth: `${identity}:${password}`,
  });
  socket.on('error', () => {}); // it is refused, as is meant
  return new Promise((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode);
    });
  });
}

/** Answers 204 (or as it is told) to whatever comes, and keeps it. */
export async function startReceiver({ cert, key }) {
  const received = [];
  const answers = { status: 204 };
  const server = createServer({ cert, key }, (req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    req.on('end', () => {
      received.push({ headers: req.headers, body, status: answers.status });
      res.writeHead(answers.status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${server.address().port}/hook`, received, answers };
}

const TILE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="#dfe9d8" stroke="#c4d3ba"/><path d="M0 180Q90 120 256 200V256H0Z" fill="#b9d7ea"/></svg>';
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function startBrowser() {
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  closers.push(() => browser.close());
  mkdirSync(shotsFolder, { recursive: true });
  return browser;
}

/** What journeys do with it; the faults that its pages show are kept apart from those of another. */
export function browserOf(browser, base, failure) {
  const faults = [];
  const pages = [];

  /** A person at a screen: nothing is shared with the others. */
  async function person({
    width = 1360,
    height = 860,
    scheme = 'light',
    language = 'en',
    expects = [],
    at = base,
  } = {}) {
    const context = await browser.newContext({
      baseURL: at,
      ignoreHTTPSErrors: true, // of the provider of single sign-on: no browser knows who signed its certificate
      viewport: { width, height },
      colorScheme: scheme,
      locale: language,
      reducedMotion: 'reduce',
    });
    // the server of the map's pictures: never a real one
    await context.route('https://tiles.example.com/**', (route) =>
      route.fulfill({ contentType: 'image/svg+xml', body: TILE }),
    );
    const page = await context.newPage();
    pages.push(page);
    page.setDefaultTimeout(30_000);
    // A site without load management has no settings of it, which the page asks for all the same; an event may tell of a charge point
    // that has just been deleted.
    const gone = `status of 404 (Not Found) ${base}/api/v1`;
    const usual = [`${gone}/organization/sso`, `${gone}/sites/`, `${gone}/charge-points/cp_`];
    const isExpected = (text) => [...usual, ...expects].some((each) => text.includes(each));
    page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.stack}`));
    page.on('console', (message) => {
      const text = `${message.text()} ${message.location().url}`;
      if (message.type() === 'error' && !isExpected(text)) faults.push(`${page.url()}: ${text}`);
    });
    return { context, page };
  }

  async function signIn(page, { email, password }) {
    if (page.url() === 'about:blank') await page.goto('/');
    await page.getByLabel('E-mail address', { exact: true }).fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  const picture = (page, name, fullPage = false) =>
    page.screenshot({ path: join(shotsFolder, `${name}.png`), fullPage });
  const shot = process.env.LOOKS === 'none' ? async () => {} : picture;

  /** As when another tab is looked at; no tab of a browser without a screen is ever hidden. */
  const hide = (page, isHidden) =>
    page.evaluate(
      (visibilityState) => {
        Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true });
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      },
      isHidden ? 'hidden' : 'visible',
    );

  /** No finding of axe that is serious or critical. `only`: these rules, where the others have seen the same page. */
  async function accessible(page, name, only) {
    // half a megabyte: once for each document
    if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
    const violations = await page.evaluate(async (some) => {
      const isGrave = ({ impact }) => impact === 'serious' || impact === 'critical';
      const { axe } = globalThis;
      // a rule whose worst is moderate is not asked; what would be loaded beforehand are styles for rules of video and of screens that turn
      const isMeant = ({ enabled, tags }) => enabled && !tags.includes('experimental') && !tags.includes('deprecated');
      const runOnly = some ?? axe._audit.rules.filter((each) => isMeant(each) && isGrave(each)).map(({ id }) => id);
      const found = await axe.run(document, { runOnly, resultTypes: ['violations'], preload: false });
      return found.violations.filter(isGrave);
    }, only);
    for (const { id, impact, help, nodes } of violations) {
      const where = nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`);
      faults.push(`axe, ${name}: ${id} (${impact}): ${help}\n    ${where.join('\n    ')}`);
    }
  }
  /** How it looked when something failed, of every page that is still open. */
  async function shotOfFailure() {
    const open = pages.filter((page) => !page.isClosed());
    for (const [at, page] of open.entries())
      await picture(page, `${failure}-${at}`).catch((cause) => console.log(String(cause)));
  }
  return { person, signIn, hide, shot, shotOfFailure, accessible, faults };
}

export function fromBase32(text) {
  const bits = [...text]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}
