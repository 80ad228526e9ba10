/**
 * From an accepted handshake to a working connection, and to its end: the database gives the connection its generation, only
 * then messages flow. It must never leave a charge point `connected` in the database whose socket is gone.
 */
import type { Ingest } from '../ingest/contract.ts';
import type { ConnectedReply } from '../ingest/inputs.ts';
import { AppError } from '../platform/errors.ts';
import type { Connection } from './connection.ts';
import type { Logger, TransportMetrics } from './needs.ts';
import type { Registry } from './registry.ts';

export type AdmissionNeeds = {
  readonly submit: Ingest['submit'];
  readonly registry: Registry;
  readonly nodeId: string;
  readonly now: () => Date;
  readonly log: Logger;
  readonly metrics: TransportMetrics;
  /** A charger raises its security profile. Resolves when that is on disk: before it is done, like every change. */
  readonly recordRaise: (raise: ProfileRaise) => Promise<void>;
};

export type ProfileRaise = {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly identity: string;
  readonly remoteAddress: string;
  readonly from: number;
  readonly to: number;
};

export type Admission = {
  admit(connection: Connection): void;
  /** The socket of a connection is gone. */
  ended(connection: Connection, reason: string): void;
  /** From now on nobody is told of an end: the next start finds out who is not connected any more. What opens is cut off. */
  stop(): void;
  /** Handshakes that wait for the database. */
  opening(): number;
  /** One of them is of this charge point: its row may be ahead of its socket. */
  isOpening(chargePointId: string): boolean;
  /** That connection of this process is over, or never was. Lost, it is found again by {@link createStaleConnections}. */
  tellDisconnected(chargePointId: string, generation: number, reason: string): void;
};

/** At most one question per charge point is under way, however often it reconnects while the database is away. */
type Opening = { current: Connection; next: Connection | undefined };

const raiseOf = ({ login, securityProfile: to, remoteAddress }: Connection['greeting']): ProfileRaise => {
  const { organizationId, chargePointId, identity, securityProfile: from } = login;
  return { organizationId, chargePointId, identity, remoteAddress, from, to };
};

export function createAdmission({
  submit,
  registry,
  nodeId,
  now,
  log,
  metrics,
  recordRaise,
}: AdmissionNeeds): Admission {
  const openings = new Map<string, Opening>();
  let silent = false;

  async function open(opening: Opening): Promise<void> {
    const { chargePointId } = opening.current;
    let granted: ConnectedReply | undefined;
    for (let connection: Connection | undefined = opening.current; connection !== undefined; ) {
      const reply = await connect(connection);
      granted = reply ?? granted;
      const next: Connection | undefined = opening.next;
      if (next !== undefined) {
        opening.current = next;
        opening.next = undefined;
        connection = next;
        continue;
      }
      openings.delete(chargePointId);
      if (reply !== undefined && !connection.isGone) return start(connection, reply);
      connection = undefined;
    }
    if (granted === undefined) return;
    registry.supersede(chargePointId, granted.generation);
    tellDisconnected(chargePointId, granted.generation, 'connection_lost');
  }

  async function connect(connection: Connection): Promise<ConnectedReply | undefined> {
    const { greeting } = connection;
    try {
      if (greeting.raises === true) await recordRaise(raiseOf(greeting));
      const reply = await submit({
        room: 'stations',
        type: 'connected',
        chargePointId: connection.chargePointId,
        receivedAt: now(),
        nodeId,
        protocol: greeting.served.protocol,
        securityProfile: greeting.securityProfile,
        raisesProfile: greeting.raises,
        remoteAddress: greeting.remoteAddress,
      });
      tellKeyUsed(connection);
      return reply as ConnectedReply; // what the room promises for this input, see ingest/inputs.ts
    } catch (cause) {
      const code = cause instanceof AppError ? cause.code : 'internal';
      if (code === 'unavailable') connection.close(1013, 'try again later', 'unavailable');
      else if (code === 'not_found') connection.close(1008, 'this charge point is not registered any more', 'deleted');
      else {
        log.error({ err: cause, identity: greeting.login.identity }, 'a connection could not be opened');
        connection.close(1011, 'internal error', 'error');
      }
      return undefined;
    }
  }

  /** Lost, it is told with the next login: until then either key opens. */
  function tellKeyUsed({ chargePointId, greeting: { key, login } }: Connection): void {
    const offer = login.nextKeyCommandId;
    if (key === undefined || offer === null) return;
    submit({ room: 'charger_keys', type: 'used', chargePointId, receivedAt: now(), key, offer }).catch(
      (cause: unknown) => {
        log.warn({ err: cause, chargePointId }, 'which of its two keys a charger used could not be noted');
      },
    );
  }

  function start(connection: Connection, { generation, bootStatus, clockOffsetMs }: ConnectedReply): void {
    const { login, served, remoteAddress, securityProfile } = connection.greeting;
    connection.open(
      {
        chargePointId: login.chargePointId,
        number: login.number,
        identity: login.identity,
        organizationId: login.organizationId,
        protocol: served.protocol,
        generation,
        connectedAt: now(),
        clockOffsetMs,
        strict: login.strict,
      },
      bootStatus,
    );
    if (!registry.add(connection)) return;
    metrics.opened(served.protocol);
    log.info(
      { identity: login.identity, protocol: served.protocol, generation, remoteAddress, securityProfile },
      'charger connected',
    );
  }

  function tellDisconnected(chargePointId: string, generation: number, reason: string): void {
    if (silent) return;
    const about = { chargePointId, receivedAt: now(), generation, nodeId };
    const inputs = [
      submit({ room: 'stations', type: 'disconnected', ...about, reason }),
      submit({ room: 'commands', type: 'line_lost', ...about }),
    ];
    for (const input of inputs) {
      input.catch((cause: unknown) => {
        // A deleted charge point has been told to be gone (src/handovers/machine/deletion.ts); for the rest the next connection, look (stale-connections.ts) or start sets the record right.
        if (cause instanceof AppError && cause.code === 'not_found') return;
        log.error({ err: cause, chargePointId, generation }, 'the end of a connection could not be recorded');
      });
    }
  }

  return {
    admit(connection) {
      const opening = openings.get(connection.chargePointId);
      if (opening === undefined) {
        const fresh = { current: connection, next: undefined };
        openings.set(connection.chargePointId, fresh);
        void open(fresh); // never rejects: connect() handles every fault
        return;
      }
      const old = opening.next ?? opening.current;
      old.replaced = true;
      opening.next = connection;
      old.terminate('replaced');
    },
    ended(connection, reason) {
      const { link, greeting } = connection;
      if (link === undefined) return; // never opened: open() sees that it is gone
      registry.remove(connection);
      metrics.closed(greeting.served.protocol, reason);
      log.info(
        { identity: greeting.login.identity, generation: link.generation, reason, replaced: connection.replaced },
        'charger disconnected',
      );
      if (!connection.replaced) tellDisconnected(link.chargePointId, link.generation, reason);
    },
    stop() {
      silent = true;
      for (const { current, next } of openings.values()) {
        current.terminate('server_stopped');
        next?.terminate('server_stopped');
      }
    },
    opening: () => openings.size,
    isOpening: (chargePointId) => openings.has(chargePointId),
    tellDisconnected,
  };
}
