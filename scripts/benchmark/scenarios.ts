/** The scenarios: each drives one target by the generator and gives the rows of the report. Every one is bounded in time. */
import { randomBytes } from 'node:crypto';
import { pause } from '../kit/server-process.ts';
import { monotonicUs, type Window } from './flame.ts';
import type { Order, Report } from './generator.ts';
import { type LoadKind, speaksOf } from './loads.ts';
import type { PeerSpec, Speaks } from './peers.ts';
import { type Helper, machineSeconds, startHelper } from './processes.ts';
import { startReceiver } from './receivers.ts';
import { type Plan, type Row, rounded, STATEMENTS } from './rows.ts';
import { CORES, type Product, type Target } from './stage.ts';

export type Generator = Helper<Order, Report>;

export const startGenerator = (): Generator => startHelper<Order, Report>('./generator.js', CORES.generator);

/** The CPU clocks of /proc tick a hundred times a second: below some ticks there is nothing to divide by. */
export const perCpuS = (messages: number, cpuS: number): { perCpuS?: number } =>
  cpuS < 0.05 ? {} : { perCpuS: rounded(messages / cpuS) };

/** The next report of that kind; what the generator could not do ends the scenario. */
export async function hear<T extends Report['tell']>(generator: Generator, tell: T, withinMs: number) {
  const report = await generator.hear(
    (each): each is Extract<Report, { tell: T }> | Extract<Report, { tell: 'failed' }> =>
      each.tell === tell || each.tell === 'failed',
    withinMs,
  );
  if (report.tell === 'failed') throw new Error(`generator: ${(report as Extract<Report, { tell: 'failed' }>).why}`);
  return report as Extract<Report, { tell: T }>; // as: the only other kind was thrown
}

export async function connect(
  generator: Generator,
  target: Target,
  specs: readonly PeerSpec[],
  options: { atOnce: number; withStatuses: boolean; speaks?: Speaks },
) {
  generator.tell({ do: 'connect', url: target.url, specs, speaks: 'ocpp1.6', ...options });
  return hear(generator, 'connected', 180_000);
}

export async function disconnect(generator: Generator): Promise<void> {
  generator.tell({ do: 'disconnect' });
  await hear(generator, 'disconnected', 30_000);
}

/** Of the server, for its flame graphs. */
export const windows: Window[] = [];

/** One load on peers that are connected already, with both CPU clocks read at the edges of its window. */
export async function measure(
  generator: Generator,
  target: Target,
  plan: Plan,
  scenario: string,
  kind: LoadKind,
  chargers: number,
) {
  generator.tell({ do: 'load', kind, warmupS: plan.warmupS, seconds: plan.seconds, perSecond: plan.sessionsPerS });
  const isWindow =
    (at: 'begin' | 'end') =>
    (report: Report): report is Report =>
      report.tell === 'window' && report.at === at;
  await generator.hear(isWindow('begin'), plan.warmupS * 1000 + 20_000);
  const from = monotonicUs();
  const before = target.cpu();
  const machineBefore = machineSeconds();
  const statementsBefore = await target.counter(STATEMENTS);
  await generator.hear(isWindow('end'), plan.seconds * 1000 + 30_000);
  const after = target.cpu();
  if (target.kind === 'server') windows.push({ scenario, from, until: monotonicUs() });
  const machineAfter = machineSeconds();
  const statementsAfter = await target.counter(STATEMENTS);
  const loaded = await hear(generator, 'loaded', 30_000);
  const serverCpuS = after.server - before.server;
  const databaseCpuS = after.database - before.database;
  // What else the machine did meanwhile: figures of a run with much of it are not worth quoting.
  const others = machineAfter.busy - machineBefore.busy - serverCpuS - databaseCpuS - loaded.cpuSeconds;
  const othersPart = Math.max(0, others / (machineAfter.all - machineBefore.all));
  const row: Row = {
    scenario,
    target: target.kind,
    chargers,
    messages: loaded.messages,
    perS: rounded(loaded.messages / loaded.seconds),
    errors: loaded.errors + loaded.lost + loaded.noneFree,
    p50: loaded.p50,
    p95: loaded.p95,
    p99: loaded.p99,
    max: loaded.max,
    serverCpuS: rounded(serverCpuS, 2),
    databaseCpuS: rounded(databaseCpuS, 2),
    ...perCpuS(loaded.messages, serverCpuS + databaseCpuS),
    ...(statementsBefore === undefined || statementsAfter === undefined
      ? {}
      : { sqlPerMessage: rounded((statementsAfter - statementsBefore) / loaded.messages, 3) }),
    othersPercent: rounded(100 * othersPart, 1),
    note: `generator ${rounded((100 * loaded.cpuSeconds) / loaded.seconds)} % busy, others ${rounded(100 * othersPart)} % of the machine`,
  };
  return { row, loaded };
}

/** Connect and boot, as fast as the server lets them. */
export async function connectScenario(generator: Generator, target: Target, plan: Plan): Promise<Row> {
  const specs = target.specs.slice(0, Math.min(target.specs.length, plan.chargers * 5));
  const before = target.cpu();
  const connected = await connect(generator, target, specs, { atOnce: 200, withStatuses: false });
  const after = target.cpu();
  await disconnect(generator);
  const [serverCpuS, databaseCpuS] = [after.server - before.server, after.database - before.database];
  return {
    scenario: 'connect and boot',
    target: target.kind,
    chargers: specs.length,
    messages: specs.length,
    perS: rounded(specs.length / connected.seconds),
    errors: connected.failures,
    serverCpuS: rounded(serverCpuS, 2),
    databaseCpuS: rounded(databaseCpuS, 2),
    ...perCpuS(specs.length, serverCpuS + databaseCpuS),
    note: `${connected.refused} turned away for a moment`,
  };
}

export const LOADS = ['open', 'open2', 'open21', 'heartbeats'] as const;
type LoadName = (typeof LOADS)[number];
const KINDS: Readonly<Record<LoadName, LoadKind>> = {
  open: 'open',
  open2: 'open2',
  open21: 'open21',
  heartbeats: 'heartbeat',
};
const nameOf = (load: LoadName, { sessionsPerS }: Plan): string =>
  load === 'heartbeats'
    ? load
    : `sessions${load === 'open' ? '' : ` of ${speaksOf(KINDS[load]).slice('ocpp'.length)}`}, ${sessionsPerS}/s`;

/** Sessions of each version at a fixed rate, heartbeats in closed loop: those of them that are asked for. Cycles: turns.ts. */
export async function loadScenarios(
  generator: Generator,
  target: Target,
  plan: Plan,
  loads: readonly LoadName[],
  told: (row: Row) => void,
): Promise<void> {
  const specs = target.specs.slice(0, plan.chargers);
  for (const load of loads) {
    const kind = KINDS[load];
    const about = { atOnce: 50, withStatuses: true, speaks: speaksOf(kind) };
    const { failures } = await connect(generator, target, specs, about);
    if (failures > 0) throw new Error(`${failures} chargers could not connect`);
    told((await measure(generator, target, plan, nameOf(load, plan), kind, specs.length)).row);
    await disconnect(generator);
  }
}

/** Sessions at a fixed rate with every event delivered, then as many events as the chargers can make, and the draining of them. */
export async function webhookScenarios(
  generator: Generator,
  target: Product,
  plan: Plan,
  told: (row: Row) => void,
): Promise<void> {
  const { rest, certificate } = target;
  if (rest === undefined) return;
  const receiver = await startReceiver(certificate);
  const { counted } = receiver;
  try {
    const specs = target.specs.slice(0, plan.chargers);
    await connect(generator, target, specs, { atOnce: 50, withStatuses: true });
    const endpoint = await rest.post<{ id: string }>('/webhooks/endpoints', {
      url: `${receiver.url}/`,
      events: ['*'],
      secret: randomBytes(32).toString('hex'),
    });

    receiver.begin();
    const beside = await measure(
      generator,
      target,
      plan,
      `sessions, ${plan.sessionsPerS}/s, with webhooks`,
      'open',
      specs.length,
    );
    await pause(1000);
    const calm = await counted();
    const seconds = plan.seconds + plan.warmupS;
    told({
      ...beside.row,
      deliveriesPerS: rounded(calm.measured / seconds),
      note: `${beside.row.note ?? ''}; message to receiver p50 ${calm.p50} ms, p99 ${calm.p99} ms`,
    });

    const before = await counted();
    const flood = await measure(
      generator,
      target,
      plan,
      'status changes, closed loop, with webhooks',
      'status',
      specs.length,
    );
    const atStop = await counted();
    const draining = performance.now();
    // The first status of each charger may be no change; all others are an event each.
    const expected = before.total + flood.loaded.total - specs.length;
    let now = atStop;
    while (now.total < expected && performance.now() - draining < 60_000) {
      await pause(100);
      now = await counted();
    }
    const drainS = (performance.now() - draining) / 1000;
    const backlog = now.total - atStop.total;
    told({
      ...flood.row,
      errors: flood.row.errors + Math.max(0, expected - now.total),
      deliveriesPerS: rounded((atStop.total - before.total) / seconds),
      note: `${flood.row.note ?? ''}; ${backlog < 100 ? 'no backlog' : `backlog of ${backlog} drained at ${rounded(backlog / drainS)}/s`}`,
    });
    await rest.remove(`/webhooks/endpoints/${endpoint.id}`);
    await disconnect(generator);
  } finally {
    await receiver.stop();
  }
}

/** What a connection costs that says nothing: the memory of the process, before and after. */
export async function idleScenario(generator: Generator, target: Target, plan: Plan): Promise<Row> {
  const warm = target.specs.slice(0, Math.min(500, target.specs.length));
  await connect(generator, target, warm, { atOnce: 50, withStatuses: true });
  await disconnect(generator);
  await pause(Math.min(3, plan.seconds) * 1000);
  const before = target.memory();
  const specs = target.specs.slice(0, plan.idle);
  const connected = await connect(generator, target, specs, { atOnce: 50, withStatuses: true });
  await pause(plan.seconds * 1000);
  const cpuBefore = target.cpu();
  await pause(plan.seconds * 1000);
  const cpuAfter = target.cpu();
  const after = target.memory();
  await disconnect(generator);
  return {
    scenario: 'idle connections',
    target: target.kind,
    chargers: connected.open,
    messages: 0,
    perS: 0,
    errors: connected.failures + (specs.length - connected.open),
    serverCpuS: rounded(cpuAfter.server - cpuBefore.server, 2),
    databaseCpuS: rounded(cpuAfter.database - cpuBefore.database, 2),
    kibPerConnection: rounded((after.privateKiB - before.privateKiB) / Math.max(1, connected.open), 1),
    note: `${rounded(after.residentKiB / 1024)} MiB resident in all, CPU over ${plan.seconds} s`,
  };
}
