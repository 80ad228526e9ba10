/** The whole server and simulated chargers on it, as the quirks and the certification tests use them. One per test file. */
import {
  acceleratedClock,
  type Behaviour,
  type Charger,
  type ChargerOptions,
  createCharger,
  type Happening,
  seededRandom,
} from '../../src/simulator/index.ts';
import { type Answer, type RunningApp, startApp } from './app.ts';
import { until } from './until.ts';

export type SessionAnswer = {
  readonly id: string;
  readonly status: string;
  readonly token: string | null;
  readonly authorization: string;
  readonly evse_id: number;
  readonly connector_id: number;
  readonly transaction_id: number;
  readonly ocpp_transaction_id: string | null;
  readonly command_id: string | null;
  readonly energy_wh: number;
  readonly meter_start_wh: number;
  readonly meter_stop_wh: number | null;
  readonly stop_reason: string | null;
  readonly started_at: string;
  readonly flags: readonly string[];
};
export type CommandAnswer = {
  readonly id: string;
  readonly action: string;
  readonly status: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: { readonly code: string; readonly message: string; readonly ocpp_code?: string } | null;
  readonly session_id: string | null;
  readonly late: boolean;
};
type Status = { readonly status: string; readonly error_code: string | null };
export type ChargePointAnswer = {
  readonly connected: boolean;
  readonly boot_status: string | null;
  readonly degraded: boolean;
  readonly reboot_pending: boolean;
  readonly firmware_version: string | null;
  readonly firmware_status: string | null;
  readonly diagnostics_status: string | null;
  readonly status: Status | null;
  readonly evses: readonly {
    readonly evse_id: number;
    readonly connectors: readonly (Status & { readonly connector_id: number })[];
  }[];
};

export type Station = {
  readonly id: string;
  readonly identity: string;
  readonly key: string;
  readonly charger: Charger;
  /** Everything that happened to the charger, oldest first. */
  readonly happenings: readonly Happening[];
  /** What it was asked for by the server, in order. */
  asked(action: string): readonly Extract<Happening, { what: 'asked' }>[];
  chargePoint(): Promise<ChargePointAnswer>;
  sessions(): Promise<SessionAnswer[]>;
  /** The first session of which `where` is true, as soon as there is one. */
  session(where?: (session: SessionAnswer) => boolean): Promise<SessionAnswer>;
  /** The outlet of that number: 1.6's connector, or the first one of 2.x's EVSE. */
  connector(connectorId?: number): Promise<Status | undefined>;
  /** Types of its domain events, in their order. */
  events(type?: string): Promise<{ readonly type: string; readonly data: Record<string, unknown> }[]>;
  /** Sends a friendly command (a path below the charge point) and gives its outcome. */
  ask(route: string, body?: object): Promise<CommandAnswer>;
  /** The same as a raw OCPP call. */
  send(action: string, payload?: object, more?: object): Promise<CommandAnswer>;
};
export type StationOptions = Behaviour & {
  /** Of the charge point, over REST. */
  readonly chargePoint?: Readonly<Record<string, unknown>>;
  readonly speed?: number;
  readonly connectors?: ChargerOptions['connectors'];
  /** Which OCPP it speaks; default 1.6. */
  readonly version?: '1.6' | '2.0.1' | '2.1';
  /** Over which server and by which TLS it connects; default: the world's, without. */
  readonly line?: Pick<ChargerOptions, 'url' | 'tls'>;
  /** Default true: it is started, and accepted. */
  readonly boots?: boolean;
};

export type ChargingWorld = {
  readonly app: RunningApp;
  api: RunningApp['api'];
  token(uid: string, more?: object): Promise<string>;
  station(options?: StationOptions): Promise<Station>;
  /** Leaves the server running. */
  closeChargers(): Promise<void>;
  close(): Promise<void>;
};

export async function chargingWorld(how: Parameters<typeof startApp>[0] = {}): Promise<ChargingWorld> {
  const app = await startApp(how);
  const chargers: Charger[] = [];

  async function station(options: StationOptions = {}): Promise<Station> {
    const {
      chargePoint = {},
      speed = 200,
      connectors = 1,
      version = '1.6',
      line,
      boots = true,
      ...behaviour
    } = options;
    const { id, identity, key } = await app.chargePoint(chargePoint);
    const charger = createCharger({
      ...(line ?? { url: app.ocppUrl }),
      identity,
      password: key,
      connectors,
      version,
      clock: acceleratedClock(speed),
      random: seededRandom(5),
      behaviour: { reconnect: { minMs: 10, maxMs: 50 }, rebootMs: 1000, ...behaviour },
    });
    chargers.push(charger);
    const happenings: Happening[] = [];
    charger.on((happening) => void happenings.push(happening));
    if (boots) {
      charger.start();
      await charger.whenBooted();
    }
    const sessions = async (): Promise<SessionAnswer[]> =>
      (await app.api<{ data: SessionAnswer[] }>('GET', `/sessions?charge_point_id=${id}&limit=100`)).body.data;
    const seen = async (): Promise<ChargePointAnswer> =>
      (await app.api<ChargePointAnswer>('GET', `/charge-points/${id}`)).body;
    const outcome = ({ status, body }: Answer<CommandAnswer>): CommandAnswer => {
      if (status !== 202) throw new Error(`the command was answered ${status}: ${JSON.stringify(body)}`);
      return body;
    };
    return {
      id,
      identity,
      key,
      charger,
      happenings,
      asked: (action) => happenings.flatMap((each) => (each.what === 'asked' && each.action === action ? [each] : [])),
      chargePoint: seen,
      sessions,
      session: (where = () => true) =>
        until('such a session', async () => (await sessions()).find((session) => where(session))),
      async connector(connectorId = 1) {
        const { evses } = await seen();
        return evses.find((each) => each.evse_id === connectorId)?.connectors[0];
      },
      async events(type) {
        const rows = await app.db.prisma.domainEvent.findMany({
          where: { chargePointId: id, ...(type === undefined ? {} : { type }) },
          orderBy: { sequence: 'asc' },
        });
        return rows.map((row) => ({
          type: row.type,
          data: (JSON.parse(row.body) as { data: Record<string, unknown> }).data,
        }));
      },
      ask: async (route, body = {}) =>
        outcome(await app.api<CommandAnswer>('POST', `/charge-points/${id}/${route}?wait=true`, body)),
      send: async (action, payload = {}, more = {}) =>
        outcome(
          await app.api<CommandAnswer>('POST', `/charge-points/${id}/commands?wait=true`, { action, payload, ...more }),
        ),
    };
  }

  const closeChargers = async (): Promise<void> => {
    await Promise.all(chargers.splice(0).map((charger) => charger.close()));
  };
  return {
    app,
    api: app.api,
    async token(uid, more = {}) {
      const { status, body } = await app.api<{ id: string }>('POST', '/tokens', { uid, ...more });
      if (status !== 201) throw new Error(`creating token ${uid} was answered ${status}: ${JSON.stringify(body)}`);
      return body.id;
    },
    station,
    closeChargers,
    async close() {
      await closeChargers();
      await app.stop();
    },
  };
}
