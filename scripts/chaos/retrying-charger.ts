/**
 * A charger as the chaos suite needs it: it repeats every message until it is answered, over as many connections as that takes,
 * and writes down what was acknowledged. Its own implementation of the wire, so that it believes nothing the server believes.
 */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';

export type Acknowledged = {
  readonly identity: string;
  /** What the server promised to have: a start with its transaction id, and its stop once that was answered too. */
  readonly sessions: {
    transactionId: number;
    startedAt: string;
    meterStart: number;
    meterStop?: number;
    samples: string[];
  }[];
  /** Statuses that were answered, newest last. */
  readonly statuses: { status: string; at: string }[];
};

type Call = { action: string; payload: object };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export type RetryingOptions = {
  readonly url: string;
  readonly identity: string;
  readonly password: string;
  readonly token: string;
  /** Between two messages. */
  readonly paceMs?: number;
  /** Every answer, with the milliseconds since its message was written; one that was repeated counts from the last time. */
  readonly heard?: (tookMs: number) => void;
};
export type RetryingCharger = ReturnType<typeof retryingCharger>;

export function retryingCharger(options: RetryingOptions) {
  const acknowledged: Acknowledged = { identity: options.identity, sessions: [], statuses: [] };
  let stopping = false;
  let abandoned = false;
  let socket: WebSocket | undefined;
  let answers = 0;
  let connections = 0;
  let register = 1000 + Math.floor(Math.random() * 1000);
  let clock = Date.now();
  /** Strictly rising, so that every message of this charger is told apart by its instant. */
  const now = (): string => {
    clock = Math.max(clock + 1, Date.now());
    return new Date(clock).toISOString();
  };

  async function connect(): Promise<WebSocket> {
    while (!abandoned) {
      const ws = new WebSocket(`${options.url}/${options.identity}`, ['ocpp1.6'], {
        auth: `${options.identity}:${options.password}`,
        handshakeTimeout: 30_000,
      });
      const opened = await new Promise<boolean>((resolve) => {
        ws.once('open', () => resolve(true));
        ws.once('error', () => resolve(false));
      });
      if (opened) {
        connections += 1;
        ws.on('error', () => undefined); // the close follows
        return ws;
      }
      ws.terminate();
      await pause(100 + Math.random() * 100);
    }
    throw new Error('the test is over');
  }

  /** One try on one connection: the answer, or undefined when the line broke first. */
  const attempt = (ws: WebSocket, call: Call): Promise<Record<string, unknown> | undefined> =>
    new Promise((resolve) => {
      const id = randomUUID();
      const done = (answer: Record<string, unknown> | undefined): void => {
        ws.off('message', onMessage);
        ws.off('close', onClose);
        resolve(answer);
      };
      const onClose = () => done(undefined);
      const onMessage = (data: Buffer) => {
        const [type, answered, payload] = JSON.parse(data.toString()) as [number, string, Record<string, unknown>];
        if (type === 2) ws.send(JSON.stringify([4, answered, 'NotImplemented', '', {}]));
        else if (answered === id) {
          if (type === 4) throw new Error(`${options.identity}: ${call.action} was refused: ${data.toString()}`);
          done(payload);
        }
      };
      ws.on('message', onMessage);
      ws.once('close', onClose);
      if (ws.readyState !== WebSocket.OPEN) return done(undefined);
      ws.send(JSON.stringify([2, id, call.action, call.payload]));
    });

  async function call(action: string, payload: object): Promise<Record<string, unknown>> {
    for (;;) {
      if (socket === undefined || socket.readyState !== WebSocket.OPEN) {
        socket = await connect();
        if (action !== 'BootNotification')
          await attempt(socket, {
            action: 'BootNotification',
            payload: { chargePointVendor: 'V', chargePointModel: 'M' },
          });
      }
      const sentAt = performance.now();
      const answer = await attempt(socket, { action, payload });
      if (answer !== undefined) {
        answers += 1;
        options.heard?.(performance.now() - sentAt);
        if (options.paceMs !== undefined) await pause(options.paceMs);
        return answer;
      }
    }
  }

  async function status(value: string): Promise<void> {
    const at = now();
    await call('StatusNotification', { connectorId: 1, status: value, errorCode: 'NoError', timestamp: at });
    acknowledged.statuses.push({ status: value, at });
  }

  async function charge(): Promise<void> {
    await status('Preparing');
    await call('Authorize', { idTag: options.token });
    const startedAt = now();
    const meterStart = register;
    const { transactionId } = await call('StartTransaction', {
      connectorId: 1,
      idTag: options.token,
      meterStart,
      timestamp: startedAt,
    });
    const session: Acknowledged['sessions'][number] = {
      transactionId: Number(transactionId),
      startedAt,
      meterStart,
      samples: [],
    };
    acknowledged.sessions.push(session);
    await status('Charging');
    for (let i = 0; i < 3; i += 1) {
      register += 100;
      const timestamp = now();
      await call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [
          {
            timestamp,
            sampledValue: [{ value: String(register), measurand: 'Energy.Active.Import.Register', unit: 'Wh' }],
          },
        ],
      });
      session.samples.push(timestamp);
    }
    register += 100;
    await call('StopTransaction', {
      transactionId,
      meterStop: register,
      timestamp: now(),
      idTag: options.token,
      reason: 'EVDisconnected',
    });
    session.meterStop = register;
    await status('Available');
  }

  const running = (async () => {
    await call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
    while (!stopping) await charge();
    socket?.close();
  })();

  return {
    acknowledged,
    answers: () => answers,
    /** How often it has connected. */
    connections: () => connections,
    /** Resolves when all that the server had sent before has arrived. */
    heardAll: () =>
      new Promise<void>((resolve) => {
        if (socket?.readyState !== WebSocket.OPEN) return resolve();
        socket.once('pong', () => resolve());
        socket.once('close', () => resolve());
        socket.ping();
      }),
    /** Finishes the session in hand, then goes. */
    stop: async () => {
      stopping = true;
      await running;
    },
    /** Lets go at once: for the end of a test that failed. */
    abandon: () => {
      abandoned = true;
      stopping = true;
      socket?.terminate();
      running.catch(() => undefined);
    },
    /** Rejects when the server refused something it must never refuse. */
    running,
  };
}
