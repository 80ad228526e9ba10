/**
 * A tenth of a fleet goes silent at one instant: 10,000 chargers as real WebSockets of the generator's process, a server process as it
 * is run, asked over REST what it has told. How many alerts, how soon after they were due, and what it costs.
 */
import { pause } from '../kit/server-process.ts';
import type { Plan, Row } from './rows.ts';
import { rounded } from './rows.ts';
import { connect, type Generator, hear } from './scenarios.ts';
import type { Product } from './stage.ts';

/** Instead of five minutes: the bench does not wait for what changes nothing. */
const FOR_S = 5;
const LOOK_MS = 100;
const PATIENCE_MS = 60_000;
/** A storm, whatever the share (rule fleet_offline). */
const LEAST = 30;

type Alert = {
  readonly rule: string;
  readonly triggered_at: string | null;
  readonly resolved_at: string | null;
  readonly evidence: { readonly charge_points?: number };
};

export async function silenceScenario(generator: Generator, target: Product, plan: Plan, told: (row: Row) => void) {
  const { specs, rest } = target;
  if (rest === undefined) throw new Error('The scenario asks over REST: it needs the server.');
  const alerts = async () => (await rest.get<{ data: Alert[] }>('/alerts?limit=100')).data;
  async function until(what: string, isSo: (all: Alert[]) => boolean): Promise<Alert[]> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const all = await alerts();
      if (isSo(all)) return all;
      if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
      await pause(LOOK_MS);
    }
  }
  const spent = (before: ReturnType<Product['cpu']>) => {
    const after = target.cpu();
    return {
      serverCpuS: rounded(after.server - before.server, 2),
      databaseCpuS: rounded(after.database - before.database, 2),
    };
  };
  await rest.put('/alert-rules', { rule: 'offline', for_s: FOR_S });
  const connected = await connect(generator, target, specs, { atOnce: 50, withStatuses: false });
  const row = (scenario: string, ms: number, more: Pick<Row, 'messages' | 'serverCpuS' | 'databaseCpuS' | 'note'>) =>
    told({
      ...{ scenario, target: 'server', chargers: connected.open, perS: 0 },
      errors: connected.failures + (specs.length - connected.open),
      ...{ p50: ms, p95: ms, p99: ms, max: ms, ...more },
    });
  await pause(plan.warmupS * 1000);
  const quietBefore = target.cpu();
  await pause(plan.seconds * 1000);
  row('silence, all are there', 0, {
    ...{ messages: 0, ...spent(quietBefore) },
    note: `CPU over ${plan.seconds} s, connections idle but for pings`,
  });

  const silent = Math.max(LEAST, Math.floor(connected.open / 10));
  const before = target.cpu();
  const statementsBefore = await target.counter('dynamo_sql_statements_total');
  generator.tell({ do: 'drop', count: silent });
  await hear(generator, 'dropped', 30_000);
  const dueAt = Date.now() + FOR_S * 1000;
  const begun = await until('the alert of the group', (all) => {
    const group = all.find(({ rule }) => rule === 'fleet_offline');
    return (group?.evidence.charge_points ?? 0) >= silent;
  });
  const group = begun.find(({ rule }) => rule === 'fleet_offline');
  const statements = ((await target.counter('dynamo_sql_statements_total')) ?? 0) - (statementsBefore ?? 0);
  row('silence, one outage', Math.max(0, Date.parse(group?.triggered_at ?? '') - dueAt), {
    ...{ messages: begun.length, ...spent(before) },
    note: `${silent} sockets closed, ${begun.length} alert(s) of ${group?.evidence.charge_points}; ms from due to told; ${statements} statements`,
  });

  const afterwards = target.cpu();
  await connect(generator, target, specs.slice(0, silent), { atOnce: 50, withStatuses: false });
  const backAt = Date.now();
  const over = await until('its end', (all) => all.every(({ resolved_at: at }) => at !== null));
  const last = Math.max(...over.map(({ resolved_at: at }) => Date.parse(at ?? '')));
  row('silence, over', Math.max(0, last - backAt), {
    ...{ messages: over.length, ...spent(afterwards) },
    note: 'ms from the last that is back (0: before) to told; with the logins',
  });
}
