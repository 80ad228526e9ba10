/**
 * A charging station of OCPP 2.x on a bare socket, at a whole server: it boots, tells the status of its outlets, and answers each
 * request as it is told (else Accepted). What it is asked is kept. For what a simulated station would do by itself, see
 * src/simulator.
 */
import { WebSocket } from 'ws';
import type { RunningApp } from './app.ts';
import { until } from './until.ts';

export type V2Protocol = 'ocpp2.0.1' | 'ocpp2.1';
type Payload = Record<string, unknown>;
/** A payload, or how to make one of the request's; undefined: it does not answer. */
export type Answers = Readonly<Record<string, Payload | ((payload: Payload) => Payload | undefined)>>;

export type ScriptedStation = {
  readonly id: string;
  readonly identity: string;
  readonly key: string;
  readonly protocol: V2Protocol;
  /** Payloads of the requests of this action so far. */
  asked(action: string): readonly Payload[];
  /** The newest request of this action, as soon as there is one more than `after`. */
  next(action: string, after?: number): Promise<Payload>;
  /** From now on it answers so. */
  answer(answers: Answers): void;
  /** Sends a request; resolves with the payload of the answer, or {error: [code, description, …]}. */
  tell(action: string, payload: Payload): Promise<Payload>;
  /** A SEND (type 6), which nobody answers. */
  notify(action: string, payload: Payload): void;
  status(evseId: number, connectorStatus: string, connectorId?: number): Promise<Payload>;
  boot(reason?: string): Promise<Payload>;
  close(): Promise<void>;
};

export async function scriptedStation(
  app: RunningApp,
  options: {
    readonly protocol: V2Protocol;
    readonly answers?: Answers;
    /** Their numbers; each with one connector. Default 1 and 2. */
    readonly evses?: readonly number[];
    readonly chargePoint?: Payload;
    readonly boots?: boolean;
    /** One that is known already, and comes back. */
    readonly again?: { readonly id: string; readonly identity: string; readonly key: string };
  },
): Promise<ScriptedStation> {
  const { protocol, evses = [1, 2], boots = true } = options;
  const { id, identity, key } = options.again ?? (await app.chargePoint(options.chargePoint ?? {}));
  const socket = new WebSocket(`${app.ocppUrl}/${identity}`, [protocol], { auth: `${identity}:${key}` } as object);
  const all: { readonly action: string; readonly payload: Payload }[] = [];
  const waiting = new Map<string, (payload: Payload) => void>();
  let answers: Answers = options.answers ?? {};
  let calls = 0;
  socket.on('message', (data) => {
    const [type, messageId, ...rest] = JSON.parse(String(data)) as [number, string, ...unknown[]];
    if (type === 2) {
      const [action, payload] = rest as [string, Payload];
      all.push({ action, payload });
      const said = answers[action] ?? { status: 'Accepted' };
      const answer = typeof said === 'function' ? said(payload) : said;
      if (answer !== undefined) socket.send(JSON.stringify([3, messageId, answer]));
    } else {
      waiting.get(messageId)?.(type === 3 ? (rest[0] as Payload) : { error: rest });
      waiting.delete(messageId);
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const asked = (action: string): Payload[] =>
    all.filter((each) => each.action === action).map(({ payload }) => payload);
  const station: ScriptedStation = {
    ...{ id, identity, key, protocol, asked },
    next: (action, after = 0) =>
      until(`${action} is asked`, () => {
        const some = asked(action);
        return some.length > after ? some.at(-1) : undefined;
      }),
    answer(more) {
      answers = { ...answers, ...more };
    },
    tell(action, payload) {
      calls += 1;
      const messageId = `call-${calls}`;
      return new Promise((resolve) => {
        waiting.set(messageId, resolve);
        socket.send(JSON.stringify([2, messageId, action, payload]));
      });
    },
    notify(action, payload) {
      calls += 1;
      socket.send(JSON.stringify([6, `send-${calls}`, action, payload]));
    },
    status: (evseId, connectorStatus, connectorId = 1) =>
      station.tell('StatusNotification', {
        timestamp: new Date().toISOString(),
        ...{ connectorStatus, evseId, connectorId },
      }),
    boot: (reason = 'PowerUp') =>
      station.tell('BootNotification', {
        reason,
        chargingStation: { model: 'M', vendorName: 'V', serialNumber: identity, firmwareVersion: '1.0.0' },
      }),
    close: () =>
      new Promise((resolve) => {
        if (socket.readyState === WebSocket.CLOSED) return resolve();
        socket.once('close', () => resolve());
        socket.close();
      }),
  };
  if (boots) {
    await station.boot();
    for (const evse of evses) await station.status(evse, 'Available');
  }
  return station;
}

/** Stations of one server, closed with their test. */
export function stationsOf(app: RunningApp) {
  const open: ScriptedStation[] = [];
  return {
    async station(options: Parameters<typeof scriptedStation>[1]): Promise<ScriptedStation> {
      const station = await scriptedStation(app, options);
      open.push(station);
      return station;
    },
    closeAll: async (): Promise<void> => void (await Promise.all(open.splice(0).map((each) => each.close()))),
    /** A friendly command (a path below the charge point), or any other request there, and its answer. */
    ask: async <T = CommandAnswer>(
      { id }: { readonly id: string },
      route: string,
      body: object = {},
      method = 'POST',
    ) => (await app.api<T>(method, `/charge-points/${id}/${route}`, method === 'GET' ? undefined : body)).body,
    /** A raw request, and its outcome. */
    send: async ({ id }: { readonly id: string }, action: string, payload: object = {}) =>
      (await app.api<CommandAnswer>('POST', `/charge-points/${id}/commands?wait=true`, { action, payload })).body,
    chargePoint: async ({ id }: { readonly id: string }) =>
      (await app.api<Record<string, unknown>>('GET', `/charge-points/${id}`)).body,
  };
}

export type CommandAnswer = {
  readonly id: string;
  readonly action: string;
  readonly status: string;
  readonly payload: Payload;
  readonly result: Payload | null;
  readonly error: { readonly code: string; readonly message: string } | null;
};
