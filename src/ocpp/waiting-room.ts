/**
 * OCPP_UNKNOWN_IDENTITY=pending: a charger that nobody has registered may connect, and its BootNotification is answered Pending, so
 * that an operator sees what it is and registers it (zero-touch onboarding; 1.6 §4.2, 2.0.1 B02). It is nobody's: nothing it says is
 * kept but its words about itself, in the list of unknown charge points. As soon as its identity is registered it is sent away, and
 * has to come in by the gate like any other. All of it is a stranger's: bounded in number, size and pace.
 */
import type { WebSocket } from 'ws';
import { bootAnswer } from './common-words.ts';
import type { Fault } from './dialect.ts';
import { parseFrame, withoutFringe } from './frames.ts';
import type { LoginRow } from './login-store.ts';
import type { Logger, TransportMetrics } from './needs.ts';
import { isRecord } from './reading.ts';
import type { Served } from './served.ts';

/** What a stranger says of itself at boot, as it said it. */
export type SelfDescription = {
  readonly vendor: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
};

export type Stranger = {
  readonly identity: string;
  readonly served: Served;
  /** Writes it into the list of unknown charge points. */
  readonly record: (said?: SelfDescription) => void;
};

export type WaitingRoom = {
  isFull(): boolean;
  admit(socket: WebSocket, stranger: Stranger): void;
  /** Sends away whose identity is registered by now, and cuts off who has gone silent. */
  look(): Promise<void>;
  size(): number;
  close(): void;
};

export type WaitingRoomNeeds = {
  readonly findLogin: (identity: string) => Promise<LoginRow | undefined>;
  readonly now: () => Date;
  readonly monotonic: () => number;
  readonly log: Logger;
  readonly metrics: TransportMetrics;
  /** At once; more are turned away as if they were unknown. */
  readonly most: number;
};

/** How soon it is to ask again: an operator who has just registered it does not want to wait long. */
const INTERVAL_S = 60;
/** It repeats its boot every INTERVAL_S. */
const SILENT_MS = 300_000;
const MOST_BYTES = 16_384;
/** Messages in SILENT_MS. */
const MOST_MESSAGES = 200;

type Waiting = Stranger & { readonly socket: WebSocket; since: number; heardAt: number; messages: number };

export function createWaitingRoom({ findLogin, now, monotonic, log, metrics, most }: WaitingRoomNeeds): WaitingRoom {
  const waiting = new Map<string, Waiting>();

  function leave(each: Waiting, code: number, reason: string): void {
    waiting.delete(each.identity);
    each.socket.close(code, reason);
  }

  function heard(each: Waiting, data: unknown): void {
    if (waiting.get(each.identity) !== each || !Buffer.isBuffer(data)) return;
    const at = monotonic();
    if (at - each.since > SILENT_MS) Object.assign(each, { since: at, messages: 0 });
    each.heardAt = at;
    each.messages += 1;
    if (each.messages > MOST_MESSAGES || data.length > MOST_BYTES)
      leave(each, 1008, 'too much, for a charge point that is not registered');
    else answer(each, data.toString('utf8'));
  }

  function answer(each: Waiting, text: string): void {
    const frame = parseFrame(withoutFringe(text));
    const { dialect, protocol } = each.served;
    const refuse = (id: string | number, fault: Fault, why: string) =>
      each.socket.send(JSON.stringify([4, id, dialect.codes[fault], why, {}]));
    if (frame.is === 'call' && frame.action === 'BootNotification') {
      each.record(describe(frame.payload));
      metrics.inbound(protocol, frame.action, 'not_accepted_yet', 0);
      each.socket.send(JSON.stringify([3, frame.id, bootAnswer({ status: 'pending', intervalS: INTERVAL_S }, now())]));
    } else if (frame.is === 'call') refuse(frame.id, 'not_accepted_yet', 'this charge point is not registered yet');
    else if (frame.is === 'unreadable' && frame.type === 2 && frame.id !== undefined)
      refuse(frame.id, 'unreadable', frame.why);
  }

  return {
    isFull: () => waiting.size >= most,
    admit(socket, stranger) {
      const at = monotonic();
      const each: Waiting = { ...stranger, socket, since: at, heardAt: at, messages: 0 };
      const old = waiting.get(stranger.identity);
      if (old !== undefined) leave(old, 1008, 'another connection has this identity');
      waiting.set(stranger.identity, each);
      socket.on('message', (data: unknown) => heard(each, data));
      socket.on('error', () => undefined); // ws closes by itself
      socket.on('close', () => {
        if (waiting.get(each.identity) === each) waiting.delete(each.identity);
      });
      log.info({ identity: stranger.identity, waiting: waiting.size }, 'a charger that is not registered waits');
    },
    async look() {
      const limit = monotonic() - SILENT_MS;
      const all = [...waiting.values()];
      for (const each of all) if (each.heardAt < limit) leave(each, 1001, 'silent for too long');
      await Promise.all(
        all.map(async (each) => {
          const login = await findLogin(each.identity);
          if (login !== undefined && waiting.get(each.identity) === each)
            leave(each, 1012, 'this charge point is registered now, connect again');
        }),
      );
    },
    size: () => waiting.size,
    close() {
      for (const each of waiting.values()) leave(each, 1012, 'service restart');
    },
  };
}

/** BootNotification.req of 1.6 (§6.3), BootNotificationRequest of 2.x. */
function describe(payload: unknown): SelfDescription {
  const said = isRecord(payload) ? payload : {};
  const station = isRecord(said['chargingStation']) ? said['chargingStation'] : undefined;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const words = station ?? said;
  return {
    vendor: text(words[station ? 'vendorName' : 'chargePointVendor']),
    model: text(words[station ? 'model' : 'chargePointModel']),
    serialNumber: text(words[station ? 'serialNumber' : 'chargePointSerialNumber'] ?? said['chargeBoxSerialNumber']),
    firmwareVersion: text(words['firmwareVersion']),
  };
}
