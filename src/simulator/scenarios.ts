/** What a simulated charger's day looks like: scripts over the charger's own actions, by name. */
import type { Charger } from './contract.ts';

export type Day = {
  readonly charger: Charger;
  readonly token: string;
  /** How many sessions, all in all. */
  readonly sessions: number;
  readonly energyWh: number;
  readonly random: () => number;
};
export type Scenario = {
  readonly does: string;
  /** Resolves when the charger has done its day; it stays connected. */
  readonly run: (day: Day) => Promise<void>;
};

const LONGEST_MS = 2 ** 31 - 1;
const pause = (charger: Charger, ms: number): Promise<void> =>
  new Promise((resolve) => void charger.after(ms, resolve));
const anyConnector = ({ charger, random }: Day): number =>
  charger.connectorIds[Math.floor(random() * charger.connectorIds.length)] ?? 1;

async function chargeOnce(day: Day, connectorId: number): Promise<void> {
  await day.charger.charge({ token: day.token, connectorId, energyWh: day.energyWh * (0.6 + 0.8 * day.random()) });
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  idle: { does: 'boots, tells its statuses, and keeps its heartbeat', run: async () => undefined },
  charge: {
    does: 'one session after the other on changing connectors, half a minute apart',
    async run(day) {
      for (let n = 0; n < day.sessions; n += 1) {
        await chargeOnce(day, anyConnector(day));
        await pause(day.charger, 30_000);
      }
    },
  },
  day: {
    does: 'drivers come at odd times, some wait with the car full, some cars pause, some pull the plug',
    async run(day) {
      const { charger, token, random } = day;
      for (let n = 0; n < day.sessions; n += 1) {
        await pause(charger, 60_000 + random() * 1_800_000);
        const energyWh = day.energyWh * (0.4 + 1.2 * random());
        const suspends = random() < 0.3;
        await charger.charge({
          token,
          connectorId: anyConnector(day),
          energyWh,
          seconds: 4 * 3600,
          ...(suspends ? { suspend: { by: 'EV' as const, afterS: 120, forS: 300 } } : {}),
          reason: random() < 0.3 ? 'EVDisconnected' : 'Local',
        });
      }
    },
  },
  outage: {
    does: 'loses the line in the middle of each session, ends it offline, and replays it afterwards',
    async run(day) {
      const { charger, token } = day;
      for (let n = 0; n < day.sessions; n += 1) {
        const loseLine = async () => {
          await pause(charger, 60_000);
          charger.goOffline();
          if (charger.connector(1).session !== undefined) {
            await charger.next('session_ended', { timeoutMs: LONGEST_MS });
          }
          await pause(charger, 60_000);
          charger.goOnline();
        };
        await Promise.all([charger.charge({ token, energyWh: day.energyWh }), loseLine()]);
        await pause(charger, 30_000);
      }
    },
  },
  remote: {
    does: 'waits for remote starts; a car comes for each, and leaves when it is stopped or full',
    async run({ charger, sessions }) {
      for (let n = 0; n < sessions; n += 1) {
        const { connectorId } = (await charger.next('session_started', { timeoutMs: LONGEST_MS })).session;
        await charger.next('session_ended', {
          timeoutMs: LONGEST_MS,
          where: ({ session }) => session.connectorId === connectorId,
        });
        await pause(charger, 5000);
        charger.unplug(connectorId);
      }
    },
  },
};
