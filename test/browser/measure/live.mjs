// From the frame that a charger sends to the changed page: per page and kind of change, over so many changes, in ms. The pages are open side
// by side, as a control room has them; the pauses between the changes are uneven, so that no timer of a page keeps step with them.
import { setTimeout as sleep } from 'node:timers/promises';
import { owner } from '../kit.mjs';
import { connectCharger, figuresOf } from './charger.mjs';

const CHANGES = Number(process.env.CHANGES ?? 100);

/** Waits in the page for `selector` to say `text` (or, without one, something else than now); resolves to when it did. */
async function watch(page, selector, text) {
  const handle = await page.evaluateHandle(
    ([where, wanted]) => {
      const read = () => document.querySelector(where)?.textContent ?? '';
      const before = read();
      const isThere = () => (wanted === undefined ? read() !== before : read().includes(wanted));
      return {
        seen: new Promise((resolve, reject) => {
          const look = () => {
            if (!isThere()) return false;
            observer.disconnect();
            resolve(performance.timeOrigin + performance.now());
            return true;
          };
          const observer = new MutationObserver(look);
          if (look()) return;
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
          setTimeout(
            () => reject(new Error(`not within 30 s: ${where} ${wanted ?? ''}, but ${read().slice(0, 200)}`)),
            30_000,
          );
        }),
      };
    },
    [selector, text],
  );
  return () => handle.evaluate(({ seen }) => seen);
}

/** Each in a browser of its own, as far as connections go: all are seen at once, and a browser keeps six to a server. */
async function openPages({ browser }, id) {
  const contexts = [];
  const at = async (path) => {
    const { page, context } = await browser.person({ expects: ['/auth/login'] });
    contexts.push(context);
    await page.goto(path);
    await browser.signIn(page, owner);
    await page.locator('[data-live="live"]').waitFor();
    return page;
  };
  return {
    overview: await at('/'),
    list: await at('/charge-points'),
    point: await at(`/charge-points/${id}`),
    frames: await at(`/charge-points/${id}/frames`),
    sessions: await at('/sessions?show=running'),
    close: () => Promise.all(contexts.map((context) => context.close())),
  };
}

export async function measureLive(sight) {
  const { call, port } = sight;
  await call('POST', '/tokens', { uid: 'LIVE0001', type: 'rfid' });
  const terms = { currency: 'EUR', prices_include_tax: true, components: [{ type: 'energy', price: '10' }] };
  const tariff = await call('POST', '/tariffs', { name: 'Live', terms });
  await call('POST', '/tariff-assignments', { tariff_id: tariff.id, target: 'organization' });
  const { id, key } = await call('POST', '/charge-points', { identity: 'LIVE-1', name: 'Live one' });
  const charger = await connectCharger(port, 'LIVE-1', key);
  await charger.status(1, 'Charging');
  await charger.status(2, 'Available');
  const { transactionId } = await charger.start(1, 'LIVE0001');
  const pages = await openPages(sight, id);
  const { overview, list, point, frames, sessions } = pages;
  const connector = (name) => `[aria-label="Connector ${name}"]`;
  await point.locator(connector(2)).waitFor();
  await sessions.locator('[data-session]').waitFor();
  await overview.locator('[data-session]').waitFor();

  const times = new Map();
  async function change(watches, act) {
    const seen = await Promise.all(Object.entries(watches).map(async ([name, each]) => [name, await each]));
    const sentAt = performance.timeOrigin + performance.now();
    const answered = act();
    for (const [name, when] of seen) times.set(name, [...(times.get(name) ?? []), (await when()) - sentAt]);
    await answered;
    await sleep(Math.random() * 700);
  }
  for (let n = 1; n <= CHANGES; n += 1) {
    const isFault = n % 2 === 1;
    await change(
      {
        'overview, tile': watch(overview, '[data-tile="faulted"]', isFault ? '1' : '0'),
        'charge points, connectors': watch(list, 'tbody', isFault ? 'Faulted' : 'Available'),
        'charge point, status': watch(point, connector(2), isFault ? 'Faulted' : 'Available'),
        'charge point, message': watch(frames, 'main', `${isFault ? 'Faulted' : 'Available'}-${n}.`),
      },
      () => charger.status(2, isFault ? 'Faulted' : 'Available', `${isFault ? 'Faulted' : 'Available'}-${n}.`),
    );
    const reading = { powerW: 20_000 + n * 100, energyWh: n * 5 };
    const power = `${(20 + n / 10).toFixed(1)} kW`;
    await change(
      {
        'overview, power': watch(overview, '[data-session]', power),
        'sessions, power': watch(sessions, '[data-session]', power),
        'charge point, power': watch(point, connector(1), power),
        'charge point, cost': watch(point, `${connector(1)} [data-cost]`),
      },
      () => charger.meter(1, transactionId, reading),
    );
  }
  charger.close();
  await pages.close();
  console.log(`\nfrom the frame to the page, ms (${CHANGES} changes of each kind)`);
  for (const [name, all] of times) {
    const { p50, p99, max } = figuresOf(all);
    console.log(
      `  ${name.padEnd(28)} p50 ${String(p50).padStart(5)}   p99 ${String(p99).padStart(5)}   max ${String(max).padStart(5)}`,
    );
  }
}
