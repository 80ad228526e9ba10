/** T: what chargers do to the connection. */
import { connect } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import type { Misbehaviour } from '../contract.ts';

/** A masked text frame with the compression bit set, which nobody negotiated. */
function compressedFrame(text: string): Buffer {
  const body = deflateRawSync(Buffer.from(text));
  const mask = Buffer.from([0x11, 0x22, 0x33, 0x44]);
  const head = Buffer.from([0x80 | 0x40 | 0x01, 0x80 | body.length]); // body stays below 126 bytes
  return Buffer.concat([head, mask, body.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** Bytes of a request that no charger would send. */
function knock(url: string, request: string): void {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port || 80) });
  socket.on('error', () => undefined); // whatever the server does with a scanner is its affair
  socket.setTimeout(2000, () => socket.destroy());
  socket.end(`${request}\r\nHost: ${hostname}\r\n\r\n`);
  socket.resume();
}

export const transport: Readonly<Record<string, Misbehaviour>> = {
  T1: {
    does: 'opens a second connection once while the first stays half open',
    routine(charger) {
      const off = charger.on(({ what }) => {
        if (what !== 'booted' || !charger.isBooted()) return;
        off();
        charger.after(2000, () => charger.abandonLine());
      });
    },
  },
  T2: {
    does: 'opens a second connection, and closes the first one two seconds later',
    routine(charger) {
      const off = charger.on(({ what }) => {
        if (what !== 'booted' || !charger.isBooted()) return;
        off();
        charger.after(2000, () => charger.abandonLine(2000));
      });
    },
  },
  T3: {
    does: 'replaces its connection by a new one every five seconds',
    routine(charger) {
      charger.on(({ what }) => {
        if (what === 'connected') charger.after(5000, () => charger.abandonLine());
      });
    },
  },
  T4: {
    does: 'never answers pings, but sends a heartbeat every ten seconds',
    connect: (plan) => ({ ...plan, autoPong: false }),
    routine(charger) {
      const beat = () => {
        if (charger.isBooted()) void charger.call('Heartbeat', {}); // never rejects
        charger.after(10_000, beat);
      };
      charger.after(10_000, beat);
    },
  },
  T5: { does: 'speaks, but never answers a call', traits: { answersCalls: false } },
  T6: { does: 'offers no subprotocol', connect: (plan) => ({ ...plan, subprotocols: [] }) },
  T7: {
    does: 'offers OCPP1.6 in capitals, an unknown token, and ocpp1.6 twice',
    connect: (plan) => ({
      ...plan,
      subprotocols: ['OCPP1.6', 'ocpp1.6', 'ocpp1.6j'],
      rawSubprotocols: 'ocpp1.6j,OCPP1.6 ,  ocpp1.6, ocpp1.6',
    }),
  },
  T8: {
    does: 'offers ocpp2.0.1 and speaks its own version',
    connect: (plan) => ({ ...plan, subprotocols: ['ocpp2.0.1'] }),
  },
  T9: {
    does: 'sends a compressed frame without having negotiated compression, once per connection',
    routine(charger) {
      charger.on(({ what }) => {
        if (what !== 'connected') return;
        charger.after(3000, () => void charger.sendRaw(compressedFrame('[2,"z","Heartbeat",{}]'))); // no line: nothing to spoil
      });
    },
  },
  T11: {
    does: 'takes its 40 hex digits for 20 bytes and sends those as password',
    connect: (plan) => ({
      ...plan,
      password: typeof plan.password === 'string' ? Buffer.from(plan.password, 'hex') : plan.password,
    }),
  },
  T12: {
    does: 'sends credentials only after a 401 with a challenge',
    connect: (plan) => ({ ...plan, waitForChallenge: true }),
  },
  T13: {
    does: 'sends an empty text frame every five seconds',
    routine(charger) {
      charger.on(({ what }) => {
        if (what === 'connected') beat();
      });
      const beat = () => {
        if (charger.sendText('')) charger.after(5000, beat);
      };
    },
  },
  T15: { does: 'reconnects at once, without a pause and without jitter', traits: { jitterlessReconnect: true } },
  T16: {
    does: 'knocks with malformed and absolute-form requests before each connection',
    connect(plan) {
      knock(plan.url, 'GET /ocpp/% HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade');
      knock(plan.url, 'GET http://169.254.169.254/latest/ HTTP/1.1');
      knock(plan.url, 'CONNECT :0 HTTP/1.1');
      return plan;
    },
  },
  T17: {
    does: 'writes every character of its identity percent-encoded, with a slash behind it',
    connect(plan) {
      const cut = plan.url.lastIndexOf('/') + 1;
      const identity = Buffer.from(decodeURIComponent(plan.url.slice(cut)));
      const encoded = [...identity].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
      return { ...plan, url: `${plan.url.slice(0, cut)}${encoded}/` };
    },
  },
};
