/** Puts the transport together: gate, admission, connections, calls, commands, liveness. Reads like a table of contents. */
import type { IncomingMessage, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { type SignedFor, signedFor } from '../certificates/index.ts';
import type { Peppers } from '../charge-points/index.ts';
import type { Database } from '../database/contract.ts';
import type { Ingest, Wake } from '../ingest/contract.ts';
import { createBatcher } from '../platform/batcher.ts';
import type { Clock } from '../platform/clock.ts';
import { createAdmission, type ProfileRaise } from './admission.ts';
import { type Calls, createCalls } from './calls.ts';
import { listen } from './charger-socket.ts';
import { createPump, type Pump, type PumpNeeds } from './command-pump.ts';
import { type Conduct, Connection } from './connection.ts';
import type { Version } from './contract.ts';
import { createGate, type RefusedKnock } from './gate.ts';
import { createInbound } from './inbound.ts';
import { createLargeFrames } from './large-frames.ts';
import { createLiveness } from './liveness.ts';
import { touchLastSeen } from './liveness-store.ts';
import { type LoginRow, loginsByIdentity } from './login-store.ts';
import {
  type DeviationSink,
  defaultLimits,
  type FrameSink,
  type Limits,
  type Logger,
  type TransportMetrics,
} from './needs.ts';
import { placesOf } from './places-store.ts';
import { type Pressure, pressureOf } from './pressure.ts';
import { read } from './reception.ts';
import { createRecheck } from './recheck.ts';
import { createRegistry } from './registry.ts';
import { serve, warmUp } from './served.ts';
import { createStaleConnections } from './stale-connections.ts';
import { heldBy } from './stale-connections-store.ts';
import { createThrottle, type ThrottleOptions } from './throttle.ts';
import { createTurns } from './turns.ts';
import { createTurnstile, type TurnstileOptions } from './turnstile.ts';
import { createWaitingRoom } from './waiting-room.ts';

export type TransportOptions = {
  readonly versions: readonly Version[];
  readonly db: Pick<Database, 'rows'>;
  readonly submit: Ingest['submit'];
  readonly peppers: Peppers;
  readonly unseal: PumpNeeds['unseal'];
  readonly nodeId: string;
  readonly frames: FrameSink;
  readonly deviations: DeviationSink;
  readonly recordRefusal: (knock: RefusedKnock) => void;
  readonly recordRaise: (raise: ProfileRaise) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: TransportMetrics;
  /** OCPP_UNKNOWN_IDENTITY */
  readonly unknownIdentity?: 401 | 404 | 'pending';
  /** How many may wait at once, where it is pending. */
  readonly mostStrangers?: number;
  readonly realm?: string;
  readonly limits?: Partial<Limits>;
  readonly throttle?: Partial<ThrottleOptions>;
  readonly storm?: Partial<Omit<TurnstileOptions, 'monotonic'>>;
  readonly remoteAddressOf?: (request: IncomingMessage) => string;
  readonly isSecure?: (request: IncomingMessage) => boolean;
  /** Milliseconds that only go forward; tests move it. */
  readonly monotonic?: () => number;
  readonly failOnBrokenResult?: boolean;
  /** False: schemas are compiled by the first message that needs them, and not before. */
  readonly isWarm?: boolean;
};

export type Transport = {
  /** For each server that chargers connect to, plain or TLS. Its `upgrade` event belongs to the gate from then on. */
  attach(server: Server | SecureServer): void;
  start(): void;
  /** Lets nobody in, finishes the messages in work, closes all with 1012 in a jittered order. Before the ingest stops. */
  stop(withinMs: number): Promise<void>;
  /** What ingest calls after a commit. */
  wake(wake: Wake): void;
  /** False: it is not connected here. */
  kick(chargePointId: string, reason: string): boolean;
  /** Looks again at all that are connected here, in case a wake was lost. */
  recheckAll(): Promise<void>;
  /** Compares the sockets here with the rows that say so, both ways. */
  endStale(): Promise<void>;
  /** Sends those that waited for their registration to the gate, once they are registered. */
  lookAtStrangers(): Promise<void>;
  isConnected(chargePointId: string): boolean;
  /** Open connections. */
  size(): number;
  /** For gauges: who waits to be let in, and where messages pile up. Looks at every connection. */
  pressure(): Pressure;
  /** For tests: what the timer does each second. */
  tick(): void;
};

export function createTransport(options: TransportOptions): Transport {
  const { db, submit, clock, log, metrics, frames, deviations, peppers, nodeId, recordRefusal, recordRaise } = options;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const monotonic = options.monotonic ?? (() => performance.now());
  const now = () => clock.now();

  const registry = createRegistry({
    onReplaced: (old, by) => {
      const silentMs = Math.round(monotonic() - old.aliveAt);
      const alive = silentMs < limits.silenceMs;
      const { identity, chargePointId } = old.greeting.login;
      log[alive ? 'warn' : 'info'](
        {
          identity,
          chargePointId,
          silentMs,
          from: old.link?.generation,
          to: by,
          remoteAddress: old.greeting.remoteAddress,
        },
        alive
          ? 'a living connection was replaced: the charger reconnected early, or two chargers share one identity'
          : 'a dead connection was replaced',
      );
    },
  });
  const admission = createAdmission({ submit, registry, nodeId, now, log, metrics, recordRaise });
  const calls: Calls = createCalls({
    log,
    metrics,
    monotonic,
    limits,
    onLate: (connection, call, outcome) => pump.late(connection, call, outcome),
  });
  const pump: Pump = createPump({
    ...{ submit, nodeId, calls, log, now, limits },
    unseal: options.unseal,
    placesOf: (chargePointId) => placesOf(db, chargePointId),
  });
  const turns = createTurns({
    monotonic,
    later: (run, ms) => void (ms === 0 ? setImmediate(run) : setTimeout(run, ms)),
  });
  const conduct: Conduct = {
    limits,
    log,
    metrics,
    frames,
    now,
    monotonic,
    turns,
    largeFrames: createLargeFrames({ most: limits.mostLarge, mostUnreadBytes: limits.maxLargeUnreadBytes, turns }),
    read,
    serve: createInbound({
      submit,
      deviations,
      log,
      metrics,
      monotonic,
      retryMs: limits.retryMs,
      failOnBrokenResult: options.failOnBrokenResult ?? false,
      booted: (connection) => {
        connection.readyAt ??= monotonic();
        pump.wake(connection); // what waits was perhaps woken before this connection was there
      },
    }),
    answered: calls.answered,
    answerLost: calls.answerLost,
    ended: (connection, reason) => {
      admission.ended(connection, reason);
      calls.broken(connection);
    },
  };
  const liveness = createLiveness({
    connections: registry.connections,
    limits,
    monotonic,
    now,
    log,
    touch: (seen) => touchLastSeen(db, seen),
    onSettled: pump.wake,
    onTick: (connection, at) => {
      calls.expire(connection, at);
      pump.tick(connection, at);
    },
  });
  const logins = createBatcher<string, LoginRow | undefined>({
    run: (identities) => loginsByIdentity(db, identities),
    maxItems: 500,
    lanes: 2,
    capacity: 20_000,
  });
  const certificates = createBatcher<string, SignedFor | undefined>({
    run: (fingerprints) => signedFor(db, fingerprints),
    maxItems: 500,
    lanes: 2,
    capacity: 20_000,
  });
  const strangers = createWaitingRoom({
    ...{ findLogin: logins.add, now, monotonic, log, metrics },
    most: options.mostStrangers ?? 1_000,
  });
  const versions = options.versions.map(serve);
  let warming: ReturnType<typeof warmUp> | undefined;
  const recheck = createRecheck({ db, registry, nodeId });
  const turnstile = createTurnstile({
    perSecond: 2_000,
    burst: 1_000,
    capacity: 20_000,
    maxWaitMs: 15_000,
    ...options.storm,
    monotonic,
  });
  const gate = createGate({
    versions,
    findLogin: logins.add,
    signedFor: certificates.add,
    peppers,
    throttle: createThrottle({ perCharger: 10, perSource: 100, windowS: 600, ...options.throttle }),
    turnstile,
    recordRefusal,
    onCharger: (socket, greeting) => {
      const connection = new Connection(socket, conduct, greeting);
      listen(socket, connection);
      admission.admit(connection);
    },
    limits,
    now,
    log,
    metrics,
    unknownIdentity: options.unknownIdentity === 'pending' ? strangers : (options.unknownIdentity ?? 401),
    realm: options.realm ?? 'OCPP',
    ...(options.remoteAddressOf && { remoteAddressOf: options.remoteAddressOf }),
    ...(options.isSecure && { isSecure: options.isSecure }),
  });

  function kick(chargePointId: string, reason: string): boolean {
    const connection = registry.get(chargePointId);
    connection?.close(1008, reason, 'kicked');
    return connection !== undefined;
  }

  return {
    attach: gate.attach,
    start() {
      liveness.start();
      if (options.isWarm ?? true) warming = warmUp(versions);
    },
    async stop(withinMs) {
      gate.close();
      warming?.stop();
      strangers.close();
      admission.stop();
      await registry.closeAll({ code: 1012, reason: 'service restart', withinMs });
      await liveness.stop(500);
    },
    wake({ wake, chargePointId }) {
      const connection = registry.get(chargePointId);
      if (connection === undefined) return;
      if (wake === 'commands') pump.wake(connection);
      else if (wake === 'connection') {
        recheck([chargePointId]).catch((cause: unknown) => {
          log.error({ err: cause, chargePointId }, 'a changed charge point could not be checked: its connection stays');
        });
      }
    },
    kick,
    recheckAll: () => recheck([...registry.connections()].map((connection) => connection.chargePointId)),
    endStale: createStaleConnections({ heldHere: () => heldBy(db, nodeId), registry, admission, recheck, log }),
    lookAtStrangers: strangers.look,
    isConnected: (chargePointId) => registry.get(chargePointId)?.isOpen === true,
    size: registry.size,
    pressure: () => pressureOf(registry.connections(), turnstile.waiting()),
    tick: liveness.tick,
  };
}
