/**
 * Chargers of one site that share its supply: how long until all of them have taken their new limits, from the request that changed what
 * there is to share. Measured where the limits arrive. Every charger charges, and answers at once.
 */
import { WebSocket } from 'ws';
import { pause } from '../kit/server-process.ts';
import { createRecorder } from './measure.ts';
import { type Row, rounded } from './rows.ts';
import type { Product } from './stage.ts';

const AT_ONCE = 25;
const PATIENCE_MS = 60_000;
const LIMITS = 'dynamo_load_limits_sent_total';

type Charger = { limit: number; at: number; call(action: string, payload: object): Promise<void>; close(): void };

async function connected(url: string, { identity, key }: { identity: string; key: string }): Promise<Charger> {
  const socket = new WebSocket(`${url}/${identity}`, ['ocpp1.6'], { auth: `${identity}:${key}` });
  const waiting = new Map<string, () => void>();
  let calls = 0;
  const charger: Charger = {
    ...{ limit: Number.NaN, at: 0 },
    call: (action, payload) =>
      new Promise((resolve) => {
        calls += 1;
        waiting.set(`c${calls}`, resolve);
        socket.send(JSON.stringify([2, `c${calls}`, action, payload]));
      }),
    close: () => socket.terminate(),
  };
  socket.on('error', () => undefined); // told by open below, or by what is missing in the end
  socket.on('message', (data) => {
    const [type, id, , payload] = JSON.parse(String(data)) as [number, string, string, Record<string, unknown>]; // as: our own server's
    if (type !== 2) return void waiting.get(id)?.();
    socket.send(JSON.stringify([3, id, { status: 'Accepted' }]));
    const text = JSON.stringify(payload['csChargingProfiles'] ?? '');
    const limit = /"limit":([\d.]+)/.exec(text)?.[1];
    if (limit !== undefined) Object.assign(charger, { limit: Number(limit), at: performance.now() });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
  await charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
  return charger;
}

/** A storm is turned away for a moment: it comes again. */
async function persistent(url: string, spec: { identity: string; key: string }): Promise<Charger> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await connected(url, spec);
    } catch (cause) {
      if (tries >= 20) throw cause;
      await pause(100 + 50 * tries);
    }
  }
}

export async function siteLoadScenario(target: Product, rounds: number, told: (row: Row) => void): Promise<void> {
  const { rest, specs } = target;
  if (rest === undefined) return;
  const site = await rest.post<{ id: string }>('/sites', { name: 'Site' });
  const { data } = await rest.get<{ data: { id: string }[] }>('/charge-points?limit=1');
  if (data.length === 0) throw new Error('no charger is registered');
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { data: { id: string }[]; next_cursor: string | null } = await rest.get(
      `/charge-points?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  for (let from = 0; from < ids.length; from += AT_ONCE)
    await Promise.all(
      ids.slice(from, from + AT_ONCE).map((id) => rest.patch(`/charge-points/${id}`, { site_id: site.id })),
    );
  const chargers: Charger[] = [];
  for (let from = 0; from < specs.length; from += AT_ONCE)
    chargers.push(
      ...(await Promise.all(specs.slice(from, from + AT_ONCE).map((spec) => persistent(target.url, spec)))),
    );
  const share = (cap: number) =>
    rest.put(`/sites/${site.id}/load`, { unit: 'A', cap, hold_s: 0, meter: { stale_after_s: 3600, fallback_cap: 0 } });
  const meter = (amperes: number) => rest.post(`/sites/${site.id}/load/meter`, { currents_a: [amperes] });
  const all = async (limit: number): Promise<number> => {
    const begun = performance.now();
    while (!chargers.every((each) => each.limit === limit)) {
      if (performance.now() - begun > PATIENCE_MS)
        throw new Error(
          `${chargers.filter((each) => each.limit === limit).length} of ${chargers.length} have ${limit} A`,
        );
      await pause(2);
    }
    return Math.max(...chargers.map(({ at }) => at));
  };
  try {
    const count = chargers.length;
    // The meter counts in steps of a twenty-fifth of the cap: here 1 A for each.
    await share(25 * count);
    await meter(0);
    await all(0);
    for (let from = 0; from < count; from += AT_ONCE)
      await Promise.all(
        chargers.slice(from, from + AT_ONCE).map((each, i) =>
          each.call('StartTransaction', {
            ...{ connectorId: 1, idTag: specs[from + i]?.token ?? 'T', meterStart: 0 },
            timestamp: new Date().toISOString(),
          }),
        ),
      );
    await all(25);
    const [down, up] = [createRecorder(), createRecorder()];
    const timed = async (recorder: typeof down, change: () => Promise<unknown>, limit: number): Promise<void> => {
      const begun = performance.now();
      const [at] = await Promise.all([all(limit), change()]);
      recorder.add(at - begun);
    };
    const sentBefore = (await target.counter(LIMITS)) ?? 0;
    const before = target.cpu();
    for (let round = 1; round <= rounds; round += 1) await timed(down, () => meter(2 * round * count), 25 - 2 * round);
    for (let round = 0; round < rounds; round += 1) {
      await timed(up, () => share(50 * count), 32);
      await share(25 * count);
      await all(25 - 2 * rounds);
    }
    const after = target.cpu();
    const sent = ((await target.counter(LIMITS)) ?? 0) - sentBefore;
    const row = (scenario: string, recorder: ReturnType<typeof createRecorder>, note: string): Row => ({
      ...{
        scenario,
        target: 'server',
        chargers: count,
        messages: sent,
        perS: 0,
        errors: 0,
        ...recorder.percentiles(),
        note,
      },
      serverCpuS: rounded(after.server - before.server, 2),
      databaseCpuS: rounded(after.database - before.database, 2),
    });
    told(row('one site, the house draws more', down, 'from the meter reading to the last charger with its new limit'));
    told(
      row('one site, the cap rises', up, 'from the request to the last charger; CPU and limits of all rounds together'),
    );
  } finally {
    for (const each of chargers) each.close();
  }
}
