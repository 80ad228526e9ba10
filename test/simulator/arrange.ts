/** A tiny server and chargers on it, for one test; all closed afterwards, also when it fails. */
import {
  acceleratedClock,
  type Behaviour,
  type Charger,
  type ChargerOptions,
  createCharger,
  seededRandom,
} from '../../src/simulator/index.ts';
import { type TinyCsms, tinyCsms } from './tiny-csms.ts';

export type Arranged = {
  readonly csms: TinyCsms;
  charger(
    options?: Behaviour & {
      speed?: number;
      connectors?: ChargerOptions['connectors'];
      identity?: string;
      password?: string;
      version?: string;
    },
  ): Charger;
};

export async function arranged(test: (arranged: Arranged) => Promise<void>): Promise<void> {
  const csms = await tinyCsms();
  const chargers: Charger[] = [];
  try {
    await test({
      csms,
      charger({
        speed = 60,
        connectors = 1,
        identity = 'SIM-1',
        password = 'secret',
        version = '1.6',
        ...behaviour
      } = {}) {
        const made = createCharger({
          url: csms.url,
          identity,
          password,
          connectors,
          version,
          clock: acceleratedClock(speed),
          random: seededRandom(7),
          behaviour: { reconnect: { minMs: 5, maxMs: 40 }, callTimeoutMs: 20_000, ...behaviour },
        });
        chargers.push(made);
        return made;
      },
    });
  } finally {
    await Promise.all(chargers.map((charger) => charger.close()));
    await csms.close();
  }
}

/** Started and accepted, with its first statuses told. */
export async function booted(charger: Charger, csms: TinyCsms): Promise<Charger> {
  charger.start();
  await charger.whenBooted();
  // 1.6 tells connector 0 too
  const isOld = csms.upgrades.at(-1)?.headers['sec-websocket-protocol']?.startsWith('ocpp1.6') === true;
  await csms.count('StatusNotification', (isOld ? 1 : 0) + charger.connectorIds.length);
  return charger;
}
