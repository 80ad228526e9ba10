// How the console bears a large organization: thousands of charge points, hundreds of them connected, dozens of changes a second. Per page:
// when there is something to see, when everything is there, the longest task of the main thread while changes come, how much is drawn.
import { setTimeout as sleep } from 'node:timers/promises';
import { owner } from '../kit.mjs';
import { connectCharger, figuresOf } from './charger.mjs';
import { seed } from './seed.mjs';

const size = (name, usual) => Number(process.env[name] ?? usual);
const [POINTS, SITES, SESSIONS, CONNECTED, RATE] = [
  size('POINTS', 5_000),
  size('SITES', 250),
  size('SESSIONS', 5_000),
  size('CONNECTED', 200),
  size('RATE', 50),
];
const ALERTS = 300;
const WATCHED_MS = 15_000;

/** In every page from its beginning: long tasks, and when a selector was there first. */
function probe() {
  const found = new Map();
  const wanted = new Map();
  globalThis.probe = { tasks: [], wanted, found };
  new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries()) globalThis.probe.tasks.push([startTime, duration]);
  }).observe({ type: 'longtask', buffered: true });
}

const there = (page, selector, count) =>
  page.waitForFunction(
    ([where, least]) => document.querySelectorAll(where).length >= least && performance.now(),
    [selector, count],
    { polling: 'raf' },
  );

async function connectMany({ call, port }) {
  const chargers = [];
  for (let from = 1; from <= CONNECTED; from += 20) {
    const some = Array.from({ length: Math.min(20, CONNECTED - from + 1) }, async (_, at) => {
      const identity = `BUSY-${String(from + at).padStart(4, '0')}`;
      const { key } = await call('POST', '/charge-points', { identity });
      const charger = await connectCharger(port, identity, key);
      for (const connector of [1, 2]) await charger.status(connector, 'Available');
      return charger;
    });
    chargers.push(...(await Promise.all(some)));
  }
  // some of them charge
  const running = chargers.slice(0, Math.ceil(CONNECTED / 4));
  await Promise.all(
    running.map(async (charger) => {
      await charger.status(1, 'Charging');
      const { transactionId } = await charger.start(1, 'LIVE0001');
      await charger.meter(1, transactionId, { powerW: 11_000, energyWh: 100 });
    }),
  );
  return chargers;
}

/** Changes at the wanted rate until it is stopped: each tells of its second connector, every other time a fault. */
function changing(chargers) {
  let isOn = true;
  let count = 0;
  const begun = performance.now();
  const done = (async () => {
    while (isOn) {
      const due = Math.floor(((performance.now() - begun) / 1000) * RATE);
      for (; count < due; count += 1) {
        const charger = chargers[count % chargers.length];
        const isFault = Math.floor(count / chargers.length) % 2 === 0;
        charger.status(2, isFault ? 'Faulted' : 'Available').catch((cause) => console.log(String(cause)));
      }
      await sleep(20);
    }
  })();
  return async () => {
    isOn = false;
    await done;
    return { count, perSecond: Math.round((count / (performance.now() - begun)) * 1000) };
  };
}

const line = (name, text) => console.log(`  ${name.padEnd(16)} ${text}`);

/** A fresh document: what is seen when, while nothing changes. */
async function opened(page, { name, path, first, whole }) {
  await page.goto(path);
  const seen = await (await there(page, first, 1)).jsonValue();
  const all = whole === undefined ? undefined : await (await there(page, whole, 1)).jsonValue();
  await sleep(1_000);
  const tasks = await page.evaluate(() => globalThis.probe.tasks.map(([, duration]) => duration));
  const complete = all === undefined ? '' : `, all of it after ${Math.round(all)} ms`;
  line(
    name,
    `something to see after ${Math.round(seen)} ms${complete}; longest task ${Math.round(Math.max(0, ...tasks))} ms`,
  );
}

/** What the main thread does for so long. */
async function watched(page, name, act) {
  await page.evaluate(() => globalThis.probe.tasks.splice(0));
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  const busy = async () =>
    (await client.send('Performance.getMetrics')).metrics.find((each) => each.name === 'TaskDuration').value;
  const [before, begun] = [await busy(), performance.now()];
  const told = await act();
  const share = ((await busy()) - before) / ((performance.now() - begun) / 1000);
  const [tasks, nodes, rows] = await page.evaluate(() => [
    globalThis.probe.tasks.map(([, duration]) => duration),
    document.querySelectorAll('*').length,
    document.querySelectorAll('main tr, main .alert-line, main .map-point').length,
  ]);
  await client.detach();
  line(
    name,
    `longest task ${Math.round(Math.max(0, ...tasks))} ms, ${tasks.length} above 50 ms; ${Math.round(share * 100)} % busy; ${rows} rows, ${nodes} elements drawn${told ?? ''}`,
  );
}

/** From the key to the changed list. */
async function filtering(page) {
  const times = [];
  const box = page.getByLabel('Filter by name, identity or model');
  const found = page.getByRole('status').first();
  for (const word of ['m', 'ma', 'man', 'many', 'many-', 'many-4', 'many-49', 'many-4', 'bay', '']) {
    const before = await found.textContent();
    const changed = page.evaluate(
      ([text]) =>
        new Promise((resolve) => {
          const from = performance.now();
          const look = () => {
            const said = document.querySelector('[role="status"]').textContent;
            if (said !== text || performance.now() - from > 3_000) resolve(performance.now() - from);
            else requestAnimationFrame(look);
          };
          look();
        }),
      [before],
    );
    await box.fill(word);
    const took = await changed;
    if ((await found.textContent()) !== before) times.push(took);
  }
  const { n, p50, max } = figuresOf(times);
  return `; filtered ${n} times: p50 ${p50} ms, max ${max} ms`;
}

async function scrolling(page) {
  const gaps = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const gaps = [];
        let last = performance.now();
        const step = () => {
          const now = performance.now();
          gaps.push(now - last);
          last = now;
          window.scrollBy(0, 400);
          if (gaps.length < 300 && window.scrollY + window.innerHeight < document.documentElement.scrollHeight - 2)
            requestAnimationFrame(step);
          else resolve(gaps);
        };
        requestAnimationFrame(step);
      }),
  );
  const { n, p50, p99, max } = figuresOf(gaps);
  const isEmpty = await page.evaluate(() => document.querySelectorAll('main tbody tr.row').length === 0);
  await page.evaluate(() => window.scrollTo(0, 0));
  return `; ${n} frames while scrolling: p50 ${p50} ms, p99 ${p99} ms, max ${max} ms${isEmpty ? ', and nothing to see' : ''}`;
}

async function choosing(page) {
  const begun = performance.now();
  await page.getByLabel('Select all that are found').check();
  const took = Math.round(performance.now() - begun);
  await page.getByLabel('Select all that are found').uncheck();
  return `; all chosen within ${took} ms`;
}

export async function measureMany(sight) {
  const { browser, dataDir } = sight;
  await seed(dataDir, { points: POINTS, sites: SITES, sessions: SESSIONS, alerts: ALERTS });
  const chargers = await connectMany(sight);
  const { page, context } = await browser.person({ expects: ['/auth/login'] });
  await page.addInitScript(probe);
  await browser.signIn(page, owner);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  const all = POINTS + CONNECTED;
  const pages = [
    { name: 'overview', path: '/', first: '[data-fleet]', whole: `[data-fleet="${all}"]` },
    { name: 'charge points', path: '/charge-points', first: 'main tr.row' },
    { name: 'map', path: '/', first: '[data-map]' },
    { name: 'sites', path: '/sites', first: 'main tr.row' },
    { name: 'sessions', path: '/sessions', first: '[data-session]' },
    { name: 'alerts', path: '/alerts', first: '.alert-line' },
  ];
  console.log(
    `\n${all} charge points, ${CONNECTED} connected, ${SITES} sites, ${SESSIONS} sessions, ${ALERTS} alerts; nothing changes`,
  );
  for (const each of pages) await opened(page, each);
  console.log(`\nwhile ${RATE} connectors change each second, for ${WATCHED_MS / 1000} s on each page`);
  const stop = changing(chargers);
  for (const { name, path, first } of pages) {
    if (name === 'map') continue; // it stands on the overview
    await page.goto(path);
    await there(page, first, 1);
    // the fleet comes page by page
    if (name !== 'sessions' && name !== 'alerts') await sleep(10_000);
    await watched(page, name, () => sleep(WATCHED_MS));
    if (name !== 'charge points') continue;
    await watched(page, '  filtering', () => filtering(page));
    await watched(page, '  scrolling', () => scrolling(page));
    await watched(page, '  choosing', () => choosing(page));
  }
  const { perSecond } = await stop();
  console.log(`  ${perSecond} changes a second were sent`);
  await context.close();
  await sleep(1_000); // what is on its way is answered
  for (const charger of chargers) charger.close();
}
