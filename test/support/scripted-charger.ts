/** A charger of few words on a bare socket: it boots, and answers each call as it is told. What it is asked is kept. */
import type { ConnectionOptions } from 'node:tls';
import { WebSocket } from 'ws';

type Payload = Record<string, unknown>;
export type Asked = { readonly action: string; readonly payload: Payload };
/** undefined: no answer at all; `{ callError }`: it refuses the call by that code. */
export type Answering = (action: string, payload: Payload) => Payload | undefined;

export type ScriptedCharger = {
  readonly asked: Asked[];
  /** Resolves with the payload of the answer. */
  call(action: string, payload: Payload): Promise<Payload>;
  close(): Promise<void>;
};

export async function scriptedCharger(
  at: {
    readonly ocppUrl: string;
    readonly identity: string;
    readonly key: string;
    /** Default ocpp1.6. */
    readonly speaks?: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';
    /** Of a wss address. */
    readonly tls?: ConnectionOptions;
  },
  answering: Answering,
): Promise<ScriptedCharger> {
  const { speaks: protocol = 'ocpp1.6' } = at;
  const socket = new WebSocket(`${at.ocppUrl}/${at.identity}`, [protocol], {
    auth: `${at.identity}:${at.key}`,
    ...at.tls,
  });
  const asked: Asked[] = [];
  const waiting = new Map<string, (payload: Payload) => void>();
  let calls = 0;
  socket.on('message', (data) => {
    const [type, id, ...rest] = JSON.parse(String(data)) as [number, string, ...unknown[]];
    if (type === 2) {
      const [action, payload] = rest as [string, Payload];
      asked.push({ action, payload });
      const answer = answering(action, payload);
      if (answer === undefined) return;
      const code = answer['callError'];
      socket.send(JSON.stringify(code === undefined ? [3, id, answer] : [4, id, code, '', {}]));
    } else {
      waiting.get(id)?.(type === 3 ? (rest[0] as Payload) : { error: rest });
      waiting.delete(id);
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const charger: ScriptedCharger = {
    asked,
    call(action, payload) {
      calls += 1;
      const id = `call-${calls}`;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        socket.send(JSON.stringify([2, id, action, payload]));
      });
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.readyState === WebSocket.CLOSED) return resolve();
        socket.once('close', () => resolve());
        socket.close();
      }),
  };
  await charger.call(
    'BootNotification',
    protocol === 'ocpp1.6'
      ? { chargePointVendor: 'V', chargePointModel: 'M', chargePointSerialNumber: at.identity }
      : { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M', serialNumber: at.identity } },
  );
  return charger;
}
