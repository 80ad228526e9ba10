/**
 * A charger of a site that shares its supply, as the tests of chaos need it: it keeps to the limit that it accepted last, over as many
 * connections as it has, and charges again and again. Its own implementation of the wire, so that it believes nothing the server believes.
 */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';

type Payload = Readonly<Record<string, unknown>>;
export type SiteChargerOptions = {
  readonly url: string;
  readonly identity: string;
  readonly password: string;
  readonly token: string;
  readonly protocol: 'ocpp1.6' | 'ocpp2.1';
  /** What it draws while nobody limits it. */
  readonly maxA: number;
  /** Called right after it took another limit. */
  readonly onLimit: () => void;
};
export type SiteCharger = ReturnType<typeof siteCharger>;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** 1.6 has one schedule (csChargingProfiles), 2.x a list (chargingProfile): the limit of its first period. */
function limitOf(payload: Payload): number {
  const profile = (payload['csChargingProfiles'] ?? payload['chargingProfile']) as { chargingSchedule: unknown }; // as: checked by its schema
  const [schedule] = [profile.chargingSchedule].flat() as { chargingSchedulePeriod: { limit: number }[] }[];
  return schedule?.chargingSchedulePeriod[0]?.limit ?? Number.POSITIVE_INFINITY;
}

export function siteCharger({ url, identity, password, token, protocol, maxA, onLimit }: SiteChargerOptions) {
  const is16 = protocol === 'ocpp1.6';
  let limitA = maxA;
  let limits = 0;
  let sessions = 0;
  let isResting = false;
  let isOver = false;
  let isAway = false;
  let socket: WebSocket | undefined;

  function answered(text: string): string | undefined {
    const [type, id, action, payload] = JSON.parse(text) as [number, string, string, Payload];
    if (type !== 2) return undefined;
    if (action !== 'SetChargingProfile') return JSON.stringify([4, id, 'NotImplemented', '', {}]);
    limitA = Math.min(maxA, limitOf(payload));
    limits += 1;
    onLimit();
    return JSON.stringify([3, id, { status: 'Accepted' }]);
  }

  async function connect(): Promise<WebSocket> {
    for (;;) {
      while (isAway && !isOver) await pause(20);
      if (isOver) throw new Error('the test is over');
      const ws = new WebSocket(`${url}/${identity}`, [protocol], {
        auth: `${identity}:${password}`,
        handshakeTimeout: 30_000,
      });
      ws.on('error', () => undefined); // the close follows
      const opened = await new Promise<boolean>((resolve) => {
        ws.once('open', () => resolve(true));
        ws.once('close', () => resolve(false));
      });
      if (opened) {
        // What it took it keeps to, also when its answer is lost.
        ws.on('message', (data: Buffer) => {
          const answer = answered(data.toString());
          if (answer !== undefined && ws.readyState === WebSocket.OPEN) ws.send(answer);
        });
        return ws;
      }
      await pause(50 + Math.random() * 100);
    }
  }

  /** undefined: the line broke first. */
  const attempt = (ws: WebSocket, action: string, payload: Payload): Promise<Payload | undefined> =>
    new Promise((resolve) => {
      const id = randomUUID();
      const done = (answer: Payload | undefined): void => {
        ws.off('message', onMessage);
        ws.off('close', onClose);
        resolve(answer);
      };
      const onClose = (): void => done(undefined);
      const onMessage = (data: Buffer): void => {
        const [type, of, result] = JSON.parse(data.toString()) as [number, string, Payload];
        if (type !== 2 && of === id) done(type === 3 ? result : {});
      };
      ws.on('message', onMessage);
      ws.once('close', onClose);
      if (ws.readyState !== WebSocket.OPEN) return done(undefined);
      ws.send(JSON.stringify([2, id, action, payload]));
    });

  async function call(action: string, payload: Payload): Promise<Payload> {
    for (;;) {
      if (socket?.readyState !== WebSocket.OPEN) {
        socket = await connect();
        const station = is16
          ? { chargePointVendor: 'V', chargePointModel: 'M' }
          : { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } };
        await attempt(socket, 'BootNotification', station);
      }
      const answer = await attempt(socket, action, payload);
      if (answer !== undefined) return answer;
    }
  }

  async function charge(ms: number): Promise<void> {
    sessions += 1;
    const timestamp = (): string => new Date().toISOString();
    if (is16) {
      const start = { connectorId: 1, idTag: token, meterStart: 0, timestamp: timestamp() };
      const { transactionId } = await call('StartTransaction', start);
      await pause(ms);
      await call('StopTransaction', { transactionId, meterStop: 10, timestamp: timestamp() });
      return;
    }
    const own = `${identity}-${sessions}`;
    const event = (eventType: string, seqNo: number, triggerReason: string): Payload => ({
      ...{ eventType, seqNo, triggerReason, timestamp: timestamp() },
      transactionInfo: { transactionId: own, chargingState: eventType === 'Ended' ? 'Idle' : 'Charging' },
      ...{ evse: { id: 1, connectorId: 1 }, idToken: { idToken: token, type: 'ISO14443' } },
    });
    await call('TransactionEvent', event('Started', 0, 'Authorized'));
    await pause(ms);
    await call('TransactionEvent', event('Ended', 1, 'StopAuthorized'));
  }

  const status = is16
    ? { connectorId: 1, errorCode: 'NoError', status: 'Available' }
    : { timestamp: new Date().toISOString(), connectorStatus: 'Available', evseId: 1, connectorId: 1 };
  const running = (async () => {
    await call('StatusNotification', status);
    while (!isResting) {
      await charge(200 + Math.random() * 800);
      await pause(Math.random() * 400);
    }
  })();
  running.catch(() => undefined); // told by rest()

  return {
    identity,
    protocol,
    /** The most that it draws at this moment. */
    limitA: () => limitA,
    /** How many limits it took. */
    limits: () => limits,
    /** The line breaks, and it does not come back before back(). */
    leave(): void {
      isAway = true;
      socket?.terminate();
    },
    back(): void {
      isAway = false;
    },
    /** Ends what it charges, and stays connected. */
    rest(): Promise<void> {
      isResting = true;
      return running;
    },
    /** Lets go at once, whatever state it is in. */
    abandon(): void {
      isResting = true;
      isOver = true;
      socket?.terminate();
    },
  };
}
