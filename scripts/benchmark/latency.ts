/** From a charger's message to the receiver of its event, commit included: alone, and beside endpoints that hang and drip. */
import { randomBytes } from 'node:crypto';
import { pause } from '../kit/server-process.ts';
import { type Receiver, startReceiver } from './receivers.ts';
import { type Plan, type Row, rounded } from './rows.ts';
import { connect, disconnect, type Generator, measure } from './scenarios.ts';
import type { Product } from './stage.ts';

/** A session is five events. */
const EVENTS = 5;
const DRIPPING = 50;

export async function latencyScenarios(
  generator: Generator,
  target: Product,
  plan: Plan,
  told: (row: Row) => void,
): Promise<void> {
  const { rest } = target;
  if (rest === undefined) return;
  const receiver = await startReceiver(target.certificate);
  try {
    const specs = target.specs.slice(0, plan.chargers);
    await connect(generator, target, specs, { atOnce: 50, withStatuses: true });
    const secret = randomBytes(32).toString('hex');
    const create = (path: string, events: string[]) =>
      rest.post<{ id: string }>('/webhooks/endpoints', { url: `${receiver.url}${path}`, events, secret });
    const made = [await create('/', ['*'])];
    const run = async (sessionsPerS: number, beside: string) =>
      told(await window(generator, target, receiver, { ...plan, sessionsPerS }, beside));
    await run(40, '');
    await run(100, '');
    made.push(await create('/hang', ['session.ended']));
    for (let i = 0; i < DRIPPING; i += 1) made.push(await create('/drip', ['session.ended']));
    await run(20, `, beside ${DRIPPING + 1} more endpoints that answer`);
    receiver.misbehave();
    await run(20, `, beside one that hangs and ${DRIPPING} that drip`);
    for (const { id } of made) await rest.remove(`/webhooks/endpoints/${id}`);
    await disconnect(generator);
  } finally {
    await receiver.stop();
  }
}

async function window(
  generator: Generator,
  target: Product,
  receiver: Receiver,
  plan: Plan,
  beside: string,
): Promise<Row> {
  const scenario = `${plan.sessionsPerS * EVENTS} events/s to one endpoint${beside}`;
  const chargers = Math.min(plan.chargers, target.specs.length);
  const measuring = measure(generator, target, plan, scenario, 'open', chargers);
  const begun = pause(plan.warmupS * 1000).then(() => receiver.begin()); // all connections are made by then
  const [{ row }] = await Promise.all([measuring, begun]);
  await pause(500);
  const { measured, p50, p99, bad } = await receiver.counted();
  const deliveriesPerS = rounded(measured / plan.seconds);
  const note = `${row.note ?? ''}; message to receiver p50 ${p50} ms, p99 ${p99} ms${bad > 0 ? `; ${bad} at the others` : ''}`;
  return { ...row, deliveriesPerS, note };
}
