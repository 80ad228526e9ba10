/** What the four chargers of the demo do. Each act resolves with the session that the charger believes it has had. */
import { type Charger, createCharger, type LocalSession } from '../../src/simulator/index.ts';
import type { Rest } from '../kit/rest.ts';
import type { Story } from '../kit/story.ts';
import type { Part } from './cast.ts';

export type Played = { readonly part: Part; readonly session: Readonly<LocalSession> };
type Stage = { readonly rest: Rest; readonly story: Story };

const SESSION_S = 14;

export function chargerOf(part: Part, base: string): Charger {
  return createCharger({
    url: `${base.replace(/^http/, 'ws')}/ocpp`,
    identity: part.identity,
    password: part.key,
    version: part.version,
    connectors: part.connectors,
    behaviour: {
      settings: { MeterValueSampleInterval: '3' },
      reconnect: { minMs: 250, maxMs: 2000 },
      carOnRemoteStartMs: false,
      station: { model: part.connectors[0]?.current === 'DC' ? 'Sim DC 150' : 'Sim AC', firmwareVersion: '2.4.1' },
    },
  });
}

const pause = (charger: Charger, ms: number): Promise<void> =>
  new Promise((resolve) => void charger.after(ms, resolve));

/** A driver, a cable, a card. */
async function plug(charger: Charger, part: Part): Promise<Readonly<LocalSession>> {
  const visit = await charger.charge({ token: part.token, seconds: SESSION_S, car: part.car });
  if (visit.outcome === 'refused') throw new Error(`${part.identity}: the token was ${visit.status}`);
  return visit.session;
}

/** The same, while the line breaks for some seconds: readings wait in the charger, and nothing is lost. */
async function outage(charger: Charger, part: Part): Promise<Readonly<LocalSession>> {
  const breakLine = async () => {
    await charger.next('session_started');
    await pause(charger, 4000);
    charger.dropLine(4500);
  };
  const [session] = await Promise.all([plug(charger, part), breakLine()]);
  return session;
}

/** An operator presses start, and later stop, over REST. */
async function remote(charger: Charger, part: Part, { rest, story }: Stage): Promise<Readonly<LocalSession>> {
  const say = (text: string) => story.line('operator', 'REST', text, 'bold');
  charger.plug(1, part.car);
  await pause(charger, 1500);
  const path = `/charge-points/${part.chargePointId}`;
  say(`POST ${path}/start`);
  const [start] = await Promise.all([
    rest.post<{ status: string }>(`${path}/start?wait=true`, { token: part.token, connector_id: 1 }),
    charger.next('session_started', { timeoutMs: 60_000 }),
  ]);
  say(`start ${start.status}`);
  await pause(charger, SESSION_S * 1000);
  say(`POST ${path}/stop`);
  const [stop, { session }] = await Promise.all([
    rest.post<{ status: string }>(`${path}/stop?wait=true`, { connector_id: 1 }),
    charger.next('session_settled', { timeoutMs: 60_000 }),
  ]);
  say(`stop ${stop.status}`);
  charger.unplug(1);
  return session;
}

const acts = { plug, outage, remote, newer: plug };

export async function play(charger: Charger, part: Part, stage: Stage): Promise<Played> {
  charger.start();
  await charger.whenBooted(20_000);
  await pause(charger, 1000);
  const session = await acts[part.name](charger, part, stage);
  await pause(charger, 500); // its last status goes out
  return { part, session };
}
