/** The wall clock of the server jumps, and its event loop stands still: nobody is taken for dead, nothing is told twice or lost. */
import { pause } from '../kit/server-process.ts';
import { startLoad } from './load.ts';
import { judged, type Scenario } from './scenario.ts';
import { onStage } from './stage.ts';

const HOUR_MS = 3_600_000;

/** What would show that the jump was taken for time. */
const SIGNS: Readonly<Record<string, string>> = {
  'sessions that end before they begin': `SELECT count(*)::int AS count FROM sessions WHERE ended_at < started_at`,
  'sessions that the system closed': `SELECT count(*)::int AS count FROM sessions WHERE status = 'closed_by_system'`,
  'disconnections told': `SELECT count(*)::int AS count FROM domain_events WHERE type = 'charge_point.disconnected'`,
  // that the clocks of chargers are a day off is true by the server's, and told
  'alerts told': `SELECT count(*)::int AS count, string_agg(DISTINCT body::jsonb -> 'data' ->> 'rule', ', ') AS which FROM domain_events
                   WHERE type LIKE 'alert.%' AND body::jsonb -> 'data' ->> 'rule' <> 'clock_skew'`,
};

/** Of one charge point: alerted of so soon that it can be waited for. */
const OFFLINE_AT_ONCE = `INSERT INTO alert_rules (organization_id, rule, scope_id, for_s, updated_at, updated_by)
  SELECT organization_id, 'offline', id, 5, now(), 'chaos' FROM charge_points WHERE identity = $1`;
const OFFLINE_TOLD = `SELECT FROM domain_events WHERE type = 'alert.triggered' AND body::jsonb -> 'data' ->> 'rule' = 'offline'`;

const clocks: Scenario = {
  name: 'clock jumps and stalls',
  // the last jump is back from the future: what was written there must not hold until then
  promise:
    "the server's clock goes an hour behind, then a day ahead, then right; its event loop stands still for 2 s, five times",
  demanded:
    'nothing lost, no burst, no negative duration, no false disconnect, and who leaves afterwards is alerted of',
  minutes: { medium: 1.5, full: 3 },
  run: (tools) =>
    onStage(tools, { hasProbe: true }, async (stage) => {
      const eachMs = tools.size === 'full' ? 25_000 : 8_000;
      const { node, db, receiver } = stage;
      await node.start();
      const load = await startLoad(stage, { chargers: 30, paceMs: 20, isClockWrong: true });
      const broken: string[] = [];
      try {
        await load.until('they charge', () => load.answered() > 500);
        for (const ms of [-HOUR_MS, 24 * HOUR_MS, 0]) {
          stage.order({ do: 'shift', ms });
          const before = load.answered();
          await pause(eachMs);
          await load.until('they go on', () => load.answered() > before + 100);
        }
        for (let stall = 0; stall < 5; stall += 1) {
          stage.order({ do: 'stall', ms: 2_000 });
          const before = load.answered();
          await pause(4_000);
          await load.until('they go on', () => load.answered() > before);
        }
        for (const [sign, sql] of Object.entries(SIGNS)) {
          const { rows } = await db.pool.query<{ count: number; which?: string }>(sql);
          for (const { count, which = '' } of rows) if (count > 0) broken.push(`${count} ${sign} ${which}`);
        }
        broken.push(
          ...load.chargers.filter((charger) => charger.connections() !== 1).map(() => 'a socket did not stay'),
        );
        const [leaver] = load.chargers;
        await db.pool.query(OFFLINE_AT_ONCE, [leaver?.acknowledged.identity]);
        await leaver?.stop();
        const isTold = async () => (await db.pool.query(OFFLINE_TOLD)).rowCount === 1;
        await load.until('the one that left afterwards is alerted of', isTold, 60_000);
        broken.push(...(await load.finish()));
        const twice = receiver.heard.length - new Set(receiver.heard.map(({ deliveryId }) => deliveryId)).size;
        if (twice > 0) broken.push(`${twice} deliveries came twice`);
        return judged(
          broken,
          `${load.answered()} acknowledged: 0 lost, 0 disconnected, 0 alerts, one afterwards, 0 deliveries twice`,
        );
      } finally {
        load.abandon();
      }
    }),
};

export const timeFaults: readonly Scenario[] = [clocks];
