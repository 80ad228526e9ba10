/** Chargers that send as fast as the socket takes it and never wait for an answer, in a process of their own. */
import { WebSocket } from 'ws';

export type FloodOrder =
  | {
      readonly do: 'flood';
      readonly url: string;
      readonly chargers: readonly { readonly identity?: string; readonly key?: string }[];
      /** 0: heartbeats; more: meter values of about so many bytes. */
      readonly bytes: number;
    }
  | { readonly do: 'stop' };
export type FloodReport = { readonly answered: number; readonly sent: number; readonly closed: number };

const BURST = 50;
const HIGH_WATER = 256 * 1024;
const open: WebSocket[] = [];
let [answered, sent, closed, number] = [0, 0, 0, 0];
let isStopped = false;

function message(bytes: number): string {
  number += 1;
  const id = `f-${number}`;
  if (bytes === 0) return `[2,"${id}","Heartbeat",{}]`;
  const timestamp = new Date(Date.now() - 86_400_000 + number).toISOString();
  const one = { value: '1', measurand: 'Voltage', phase: 'L1', location: 'Outlet' };
  const sampledValue = Array.from({ length: Math.ceil(bytes / 80) }, () => one);
  return JSON.stringify([2, id, 'MeterValues', { connectorId: 1, meterValue: [{ timestamp, sampledValue }] }]);
}

function begin({ url, chargers, bytes }: Extract<FloodOrder, { do: 'flood' }>): void {
  for (const { identity = '', key = '' } of chargers) {
    const ws = new WebSocket(`${url}/${identity}`, ['ocpp1.6'], {
      auth: `${identity}:${key}`,
      perMessageDeflate: false,
    });
    open.push(ws);
    ws.on('error', () => undefined); // the close follows
    ws.on('close', () => {
      closed += 1;
    });
    ws.on('message', () => {
      answered += 1;
    });
    const more = (): void => {
      if (isStopped || ws.readyState !== WebSocket.OPEN) return;
      for (let i = 0; i < BURST && ws.bufferedAmount < HIGH_WATER; i += 1) {
        sent += 1;
        ws.send(message(bytes));
      }
      setTimeout(more, 2);
    };
    ws.on('open', more);
  }
}

process.on('message', (told) => {
  const order = told as FloodOrder; // as: our own parent's
  if (order.do === 'flood') return begin(order);
  isStopped = true;
  process.send?.({ answered, sent, closed } satisfies FloodReport);
  for (const ws of open) ws.terminate();
});
process.on('disconnect', () => process.exit(0));
