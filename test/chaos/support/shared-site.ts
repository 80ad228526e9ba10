/**
 * A site whose chargers, of OCPP 1.6 and 2.1, are spread over the processes of one installation. It watches all the time that together
 * they may draw no more than the cap, and that the server never counts one for less than it may draw.
 */
import type { Installation, ServerNode } from '../../../scripts/chaos/server-node.ts';
import type { Database } from '../../../src/database/index.ts';
import { until } from '../../support/until.ts';
import { type SiteCharger, siteCharger } from './site-charger.ts';

const CAP_A = 40;
const MAX_A = 16;
const CHARGERS = 6;
const LOOK_MS = 200;
const LONG = { withinMs: 120_000 };

export type SharedSite = Awaited<ReturnType<typeof sharedSite>>;

export async function sharedSite(db: Database, server: ServerNode, { apiKey }: Pick<Installation, 'apiKey'>) {
  const faults: string[] = [];
  const chargers: SiteCharger[] = [];
  const ids = new Map<string, SiteCharger>();
  let isWatched = false;
  const total = (): number => Math.round(chargers.reduce((sum, charger) => sum + charger.limitA(), 0) * 10) / 10;
  const onLimit = (): void => {
    if (isWatched && total() > CAP_A)
      faults.push(`together ${chargers.map((charger) => charger.limitA()).join(' + ')} A`);
  };
  const { id: siteId = '' } = await server.api('/sites', { name: 'Shared', timezone: 'Europe/Berlin' });
  for (let i = 1; i <= CHARGERS; i += 1) {
    await server.api('/tokens', { uid: `SITE-${i}` });
    const {
      id = '',
      identity = '',
      key = '',
    } = await server.api('/charge-points', {
      ...{ identity: `SITE-${i}`, site_id: siteId },
    });
    const charger = siteCharger({
      ...{ url: `ws://127.0.0.1:${server.port}/ocpp`, identity, password: key, token: `SITE-${i}` },
      ...{ protocol: i % 2 === 0 ? 'ocpp2.1' : 'ocpp1.6', maxA: MAX_A, onLimit },
    });
    chargers.push(charger);
    ids.set(id, charger);
  }
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/sites/${siteId}/load`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ unit: 'A', cap: CAP_A, evse_max: MAX_A, hold_s: 0 }),
  });
  if (answer.status !== 200) throw new Error(`the load of the site: ${answer.status} ${await answer.text()}`);

  /** Who may draw more than he is counted with. What changes while it is looked at is left to the next look. */
  async function look(): Promise<void> {
    const before = new Map([...ids].map(([id, charger]) => [id, charger.limits()]));
    const { rows } = await db.pool.query<{ id: string; ceiling: number }>(
      `SELECT charge_point_id AS id, ceiling FROM load_lines WHERE site_id = $1`,
      [siteId],
    );
    for (const { id, ceiling } of rows) {
      const charger = ids.get(id);
      if (charger === undefined || charger.limits() !== before.get(id) || charger.limitA() * 10 <= ceiling) continue;
      faults.push(`${charger.identity} may draw ${charger.limitA()} A and counts with ${ceiling / 10} A`);
    }
  }
  await until(
    'the site keeps to its cap',
    () => chargers.every(({ limits }) => limits() > 0) && total() <= CAP_A,
    LONG,
  );
  isWatched = true;
  const watching = (async () => {
    while (isWatched) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  watching.catch(() => undefined); // told by settle()

  const nodeOf = async (pids: readonly number[]): Promise<Map<string, number>> => {
    const { rows } = await db.pool.query<{ id: string; pid: number }>(
      `SELECT s.charge_point_id AS id, n.pid FROM charge_point_states s JOIN nodes n ON n.id = s.node_id AND n.stopped_at IS NULL
        WHERE s.connected AND s.charge_point_id = ANY($1) AND n.pid = ANY($2)`,
      [[...ids.keys()], pids],
    );
    return new Map(rows.map(({ id, pid }) => [id, pid]));
  };

  return {
    /** Each of these processes has some of its chargers. */
    isSpreadOver: async (pids: readonly number[]): Promise<void> =>
      void (await until(
        'its chargers are at each process',
        async () => {
          const at = await nodeOf(pids);
          if (at.size < CHARGERS) return false;
          if (new Set(at.values()).size === pids.length) return true;
          const [mover] = chargers;
          mover?.leave();
          mover?.back();
          return false;
        },
        { ...LONG, everyMs: 200 },
      )),
    /** Of the chargers of that process, which is about to die, one does not come back before the others have had new limits. */
    async outlives(pid: number, kill: () => void): Promise<void> {
      const at = await nodeOf([pid]);
      const [lost] = [...ids].filter(([id]) => at.has(id)).map(([, charger]) => charger);
      if (lost === undefined) throw new Error(`process ${pid} has no charger of the site`);
      kill();
      lost.leave();
      const others = chargers
        .filter((charger) => charger !== lost)
        .map((charger) => [charger, charger.limits()] as const);
      await until(
        'the others share on',
        () => others.filter(([charger, had]) => charger.limits() > had + 1).length > 1,
        LONG,
      );
      lost.back();
    },
    /** Nobody charges any more: the last limits of all say so. What was broken on the way; nothing should be. */
    async settle(): Promise<readonly string[]> {
      await Promise.all(chargers.map((charger) => charger.rest()));
      await until('nobody may draw', () => total() === 0, LONG);
      isWatched = false;
      await watching;
      return faults;
    },
    abandon(): void {
      isWatched = false;
      for (const charger of chargers) charger.abandon();
    },
  };
}
