/** A station of OCPP 2.x of few words, for tests of transactions: it numbers their events, and answers what it is asked. */
import type { RunningApp } from './app.ts';
import type { CommandAnswer } from './charging-world.ts';
import { type Answering, type ScriptedCharger, scriptedCharger } from './scripted-charger.ts';
import { until } from './until.ts';

export type Protocol2 = 'ocpp2.0.1' | 'ocpp2.1';
export const bothVersions: readonly Protocol2[] = ['ocpp2.0.1', 'ocpp2.1'];

export type Session2 = {
  readonly id: string;
  readonly ocpp_transaction_id: string | null;
  readonly status: string;
  readonly charging_state: string | null;
  readonly token: string | null;
  readonly stop_token: string | null;
  readonly authorization: string;
  readonly evse_id: number;
  readonly connector_id: number;
  readonly command_id: string | null;
  readonly energy_wh: number;
  readonly meter_start_wh: number;
  readonly meter_stop_wh: number | null;
  readonly stop_reason: string | null;
  readonly started_at: string;
  readonly flags: readonly string[];
};
type Payload = Record<string, unknown>;

export type Station2 = {
  readonly id: string;
  readonly identity: string;
  readonly charger: ScriptedCharger;
  /** StatusNotification of an EVSE's first connector. */
  status(word: string, evseId?: number): Promise<Payload>;
  /** A transaction on that EVSE, whose events are numbered as they are made. */
  transaction(evseId?: number | null): Transaction2;
  /** Payloads of what the server asked. */
  asked(action: string): Payload[];
  connector(evseId?: number): Promise<string | undefined>;
  sessions(): Promise<Session2[]>;
  session(where?: (session: Session2) => boolean): Promise<Session2>;
  /** Of its domain events, the data of those of a type. */
  told(type: string): Promise<Payload[]>;
  /** A friendly command (a path below the charge point), and its outcome. */
  ask(route: string, body?: object): Promise<CommandAnswer>;
  /** The same without waiting for the outcome. */
  request(route: string, body?: object): Promise<CommandAnswer>;
  /** A raw call, and its outcome. */
  send(action: string, payload?: object): Promise<CommandAnswer>;
};

export type Transaction2 = {
  readonly id: string;
  /** The payload of its next event. */
  next(eventType: 'Started' | 'Updated' | 'Ended', triggerReason: string, more?: Payload): Payload;
  /** Sends the next event. */
  event(eventType: 'Started' | 'Updated' | 'Ended', triggerReason: string, more?: Payload): Promise<Payload>;
};

let made = 0;

export const card = (idToken: string, type = 'ISO14443') => ({ idToken: { idToken, type } });
export const register = (wh: number, at: Date, context = 'Sample.Periodic') => ({
  meterValue: [{ timestamp: at.toISOString(), sampledValue: [{ value: wh, context }] }],
});

export async function station2(
  app: RunningApp,
  protocol: Protocol2,
  answering: Answering = () => ({ status: 'Accepted' }),
): Promise<Station2> {
  const { id, identity, key } = await app.chargePoint();
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key, speaks: protocol }, answering);
  const outcome = async (path: string, body: object): Promise<CommandAnswer> => {
    const answer = await app.api<CommandAnswer>('POST', `/charge-points/${id}/${path}`, body);
    if (answer.status !== 202) throw new Error(`${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const sessions = async (): Promise<Session2[]> =>
    (await app.api<{ data: Session2[] }>('GET', `/sessions?charge_point_id=${id}`)).body.data;
  return {
    id,
    identity,
    charger,
    status: (connectorStatus, evseId = 1) =>
      charger.call('StatusNotification', {
        ...{ timestamp: new Date().toISOString(), connectorStatus, evseId, connectorId: 1 },
      }),
    transaction: (evseId = 1) => transaction(charger, evseId),
    asked: (action) => charger.asked.filter((each) => each.action === action).map(({ payload }) => payload),
    async connector(evseId = 1) {
      type Answer = { evses: { evse_id: number; connectors: { status: string }[] }[] };
      const { evses } = (await app.api<Answer>('GET', `/charge-points/${id}`)).body;
      return evses.find((each) => each.evse_id === evseId)?.connectors[0]?.status;
    },
    sessions,
    session: (where = () => true) =>
      until('such a session', async () => (await sessions()).find((session) => where(session))),
    async told(type) {
      const rows = await app.db.prisma.domainEvent.findMany({
        where: { chargePointId: id, type },
        orderBy: { sequence: 'asc' },
      });
      return rows.map(({ body }) => (JSON.parse(body) as { data: Payload }).data);
    },
    ask: (route, body = {}) => outcome(`${route}?wait=true`, body),
    request: (route, body = {}) => outcome(route, body),
    send: (action, payload = {}) => outcome('commands?wait=true', { action, payload }),
  };
}

function transaction(charger: ScriptedCharger, evseId: number | null): Transaction2 {
  made += 1;
  const id = `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
  let seqNo = 0;
  const next: Transaction2['next'] = (eventType, triggerReason, { transactionInfo, ...more } = {}) => {
    const payload = {
      ...{ eventType, triggerReason, seqNo, timestamp: new Date().toISOString() },
      transactionInfo: { transactionId: id, ...(transactionInfo as Payload | undefined) },
      ...(evseId !== null && seqNo === 0 && { evse: { id: evseId, connectorId: 1 } }),
      ...more,
    };
    seqNo += 1;
    return payload;
  };
  return { id, next, event: (...said) => charger.call('TransactionEvent', next(...said)) };
}
