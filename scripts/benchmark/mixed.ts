/**
 * A mixed day, all at once: sessions of all versions and heartbeats at a fixed rate, chargers that come and go, remote commands,
 * REST reads, and every event delivered to an HTTPS receiver. The bare transport gets the chargers' part of it.
 */
import { randomBytes } from 'node:crypto';
import type { Rest } from '../kit/rest.ts';
import { pause } from '../kit/server-process.ts';
import { createRecorder, type Recorder } from './measure.ts';
import type { PeerSpec, Speaks } from './peers.ts';
import { startReceiver } from './receivers.ts';
import { type Plan, type Row, rounded } from './rows.ts';
import { connect, disconnect, type Generator, measure } from './scenarios.ts';
import type { Product, Target } from './stage.ts';

const VERSIONS: readonly Speaks[] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'];
const READS_PER_S = 20;
const COMMANDS_PER_S = 10;
/** Of the chargers of one version; they connect and boot while the others charge. */
const LATE_PART = 4;

/** Each has his share of the plan's chargers, and some come later. */
export const mixedChargers = ({ chargers }: Plan): number => chargers + Math.ceil(chargers / LATE_PART);

type Beside = { readonly stop: () => Promise<void>; readonly taken: Recorder; failed: number };

/** Something so often a second, whether the one before is done or not. */
function often(perSecond: number, work: (turn: number) => Promise<unknown>): Beside {
  const taken = createRecorder();
  const underWay = new Set<Promise<void>>();
  let turn = 0;
  const beside: Beside = { taken, failed: 0, stop };
  const timer = setInterval(() => {
    const begun = performance.now();
    turn += 1;
    const done = work(turn)
      .then(
        () => taken.add(performance.now() - begun),
        () => {
          beside.failed += 1;
        },
      )
      .finally(() => underWay.delete(done));
    underWay.add(done);
  }, 1000 / perSecond);
  async function stop(): Promise<void> {
    clearInterval(timer);
    await Promise.all(underWay);
  }
  return beside;
}

const PAGES = [
  '/sessions?limit=50',
  '/charge-points?limit=50',
  '/webhooks/events?order=desc&limit=50',
  '/commands?limit=50',
];

async function operators(rest: Rest) {
  const { data: there } = await rest.get<{ data: { id: string }[] }>('/charge-points?connected=true&limit=100');
  if (there.length === 0) throw new Error('no charge point is connected');
  const one = (turn: number): string => there[turn % there.length]?.id ?? '';
  return {
    reads: often(READS_PER_S, (turn) => rest.get(PAGES[turn % PAGES.length] ?? '/sessions')),
    // A bench charger answers every call with Accepted.
    commands: often(COMMANDS_PER_S, (turn) =>
      rest.post(`/charge-points/${one(turn)}/commands?queue=true&expires_in_s=60`, {
        ...{ action: 'TriggerMessage', payload: { requestedMessage: 'Heartbeat' } },
      }),
    ),
  };
}

const shown = (name: string, { taken, failed }: Beside): string => {
  const { p50, p99 } = taken.percentiles();
  return `${taken.count()} ${name} p50 ${p50} ms, p99 ${p99} ms${failed > 0 ? `, ${failed} failed` : ''}`;
};

/** The chargers' part, with those that come late. `begun`: the first are there. */
async function chargersDay(
  generator: Generator,
  target: Target,
  plan: Plan,
  begun: () => Promise<void> = () => Promise.resolve(),
): Promise<Row> {
  const share = Math.floor(plan.chargers / VERSIONS.length);
  for (const [i, speaks] of VERSIONS.entries()) {
    const specs: readonly PeerSpec[] = target.specs.slice(i * share, (i + 1) * share);
    const connected = await connect(generator, target, specs, { atOnce: 50, withStatuses: true, speaks });
    if (connected.failures > 0) throw new Error(`${connected.failures} chargers could not connect`);
  }
  await begun();
  const late = target.specs.slice(plan.chargers, mixedChargers(plan));
  const measuring = measure(
    generator,
    target,
    plan,
    `mixed day, ${plan.sessionsPerS} sessions/s`,
    'mixed',
    share * VERSIONS.length,
  );
  const coming = pause((plan.warmupS + plan.seconds / 4) * 1000).then(() =>
    connect(generator, target, late, { atOnce: 5, withStatuses: true }),
  );
  const [{ row }, { failures }] = await Promise.all([measuring, coming]);
  return { ...row, errors: row.errors + failures };
}

export async function mixedScenario(
  generator: Generator,
  target: Target | Product,
  plan: Plan,
  told: (row: Row) => void,
): Promise<void> {
  const { rest } = target;
  if (rest === undefined || !('certificate' in target)) {
    told(await chargersDay(generator, target, plan));
    return disconnect(generator);
  }
  const receiver = await startReceiver(target.certificate);
  try {
    const secret = randomBytes(32).toString('hex');
    const endpoint = await rest.post<{ id: string }>('/webhooks/endpoints', {
      url: `${receiver.url}/`,
      events: ['*'],
      secret,
    });
    let beside: Awaited<ReturnType<typeof operators>> | undefined;
    const counting = pause(plan.warmupS * 1000).then(() => receiver.begin());
    let row: Row;
    try {
      row = await chargersDay(generator, target, plan, async () => {
        beside = await operators(rest);
      });
    } finally {
      await Promise.all([beside?.reads.stop(), beside?.commands.stop()]);
    }
    if (beside === undefined) throw new Error('nobody was there to be asked');
    const { reads, commands } = beside;
    await counting;
    await pause(500);
    const { measured, p50, p99 } = await receiver.counted();
    told({
      ...row,
      errors: row.errors + reads.failed + commands.failed,
      deliveriesPerS: rounded(measured / plan.seconds),
      note: `${row.note ?? ''}; message to receiver p50 ${p50} ms, p99 ${p99} ms; ${shown('REST reads', reads)}; ${shown('commands', commands)}`,
    });
    await rest.remove(`/webhooks/endpoints/${endpoint.id}`);
    await disconnect(generator);
  } finally {
    await receiver.stop();
  }
}
