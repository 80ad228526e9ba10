/**
 * Hands a charger the commands that wait for it, one at a time, only when it may be called and the line is idle (B2).
 * The queue is in the database: waking may be lost, and what is sent here was marked as sent before.
 */
import { randomBytes } from 'node:crypto';
import type { Ingest } from '../ingest/contract.ts';
import type { CommandOutcome, DispatchReply } from '../ingest/inputs.ts';
import { AppError } from '../platform/errors.ts';
import { newTraceId } from '../platform/trace.ts';
import type { Calls } from './calls.ts';
import type { Connection } from './connection.ts';
import type { Limits, Logger } from './needs.ts';
import type { OutstandingCall } from './outstanding.ts';
import type { KnownPlace } from './places-store.ts';

export type PumpNeeds = {
  readonly submit: Ingest['submit'];
  readonly nodeId: string;
  readonly calls: Calls;
  readonly log: Logger;
  readonly now: () => Date;
  readonly limits: Pick<Limits, 'statusWaitMs'>;
  /** The connectors that a station is known to have (2.x). */
  readonly placesOf: (chargePointId: string) => Promise<readonly KnownPlace[]>;
  /** The secret fields of a payload. Throws when they were sealed for another charge point. */
  readonly unseal: (sealed: string, chargePointId: string) => Readonly<Record<string, unknown>>;
};

export type Pump = {
  /** Something may wait for this charger: look, now or as soon as it may be called. */
  wake(connection: Connection): void;
  /** Called by the tick: B5. */
  tick(connection: Connection, now: number): void;
  /** R4: the outcome of a call that had timed out. */
  late(connection: Connection, call: Pick<OutstandingCall, 'commandId' | 'traceId'>, outcome: CommandOutcome): void;
};

const SEALED: CommandOutcome = {
  outcome: 'unsent',
  why: 'secret_lost',
  message: 'Its secret cannot be opened any more, as the key was taken from the key ring; it was never sent. Ask again',
};
const TRIGGER_TIMEOUT_MS = 30_000;

export function createPump({ submit, nodeId, calls, log, now, limits, unseal, placesOf }: PumpNeeds): Pump {
  const about = (connection: Connection) => ({ chargePointId: connection.chargePointId, receivedAt: now() });

  async function run(connection: Connection): Promise<void> {
    connection.pumping = true;
    try {
      while (connection.commandsWaiting && mayBeCalled(connection)) {
        if (connection.statusTriggered === 'wanted') {
          connection.statusTriggered = 'done';
          await triggerStatus(connection);
          continue;
        }
        connection.commandsWaiting = false; // set again by whoever wakes us meanwhile
        while (mayBeCalled(connection) && (await next(connection)));
      }
    } catch (cause) {
      // The commands stay in the database; the next wake or connection looks again, overdue ones fail by their deadline.
      const isAway = cause instanceof AppError && cause.code === 'unavailable';
      connection.commandsWaiting ||= isAway;
      log[isAway ? 'warn' : 'error'](
        { err: cause, identity: connection.greeting.login.identity },
        'commands could not be handed over',
      );
    } finally {
      connection.pumping = false;
    }
  }

  /** False: nothing waits. */
  async function next(connection: Connection): Promise<boolean> {
    const generation = connection.link?.generation;
    if (generation === undefined) return false;
    const dispatchId = randomBytes(16).toString('hex');
    const reply = await submit({
      room: 'commands',
      type: 'next',
      ...about(connection),
      generation,
      nodeId,
      dispatchId,
    });
    const command = reply as DispatchReply | undefined; // what the room promises for this input, see ingest/inputs.ts
    if (!command) return false;
    const { commandId, action, unchecked, traceId } = command;
    const payload = openedPayload(connection, command);
    const timeoutMs = command.timeoutS * 1000;
    const outcome =
      payload === undefined
        ? SEALED
        : await calls.call(connection, { action, payload, timeoutMs, commandId, traceId, unchecked });
    await tell(connection, commandId, outcome, traceId);
    return true;
  }

  /** undefined: its secret does not open any more (a key was taken from the key ring). */
  function openedPayload(connection: Connection, { commandId, payload, sealed, traceId }: NonNullable<DispatchReply>) {
    if (sealed === null) return payload;
    try {
      return { ...payload, ...unseal(sealed, connection.chargePointId) };
    } catch (cause) {
      log.error(
        { err: cause, commandId, trace_id: traceId },
        'the secret of a command cannot be opened: it is not sent',
      );
      return undefined;
    }
  }

  async function tell(
    connection: Connection,
    commandId: string,
    outcome: CommandOutcome,
    traceId: string | null,
  ): Promise<void> {
    // When the server stops, the next start finds out what became of it; when the socket is gone, `line_lost` tells.
    if (outcome.outcome === 'lost' && !connection.replaced) return;
    // What the answer says of the charger's health (T5, B10), the room passes on in the same transaction.
    const answered = { room: 'commands', type: 'answered', ...about(connection), commandId, answer: outcome } as const;
    await submit(answered, traced(traceId));
  }

  /**
   * OCPP 1.6 §5.17: without a connector it is for all of them. 2.x has it of one connector at a time (F06.FR.12): of those that are
   * known, else of the first. Whatever it answers, it is asked only once.
   */
  async function triggerStatus(connection: Connection): Promise<void> {
    if (connection.greeting.served.protocol === 'ocpp1.6') return void (await askForStatus(connection, {}));
    const known = await placesOf(connection.chargePointId);
    for (const { evseId, connectorId } of known.length > 0 ? known : [{ evseId: 1, connectorId: 1 }]) {
      if (!mayBeCalled(connection)) return;
      if (!(await askForStatus(connection, { evse: { id: evseId, connectorId } }))) return;
    }
  }

  /** False: it did not answer. */
  async function askForStatus(connection: Connection, place: object): Promise<boolean> {
    const outcome = await calls.call(connection, {
      action: 'TriggerMessage',
      payload: { requestedMessage: 'StatusNotification', ...place },
      timeoutMs: TRIGGER_TIMEOUT_MS,
      commandId: undefined,
      traceId: newTraceId(),
      unchecked: false,
    });
    if (outcome.outcome === 'lost') return false;
    const type = outcome.outcome === 'timeout' ? 'call_timed_out' : 'call_answered'; // T5
    await submit({ room: 'stations', type, ...about(connection) });
    return outcome.outcome !== 'timeout';
  }

  function wake(connection: Connection): void {
    connection.commandsWaiting = true;
    if (!connection.pumping && mayBeCalled(connection)) void run(connection); // never rejects
  }

  return {
    wake,
    tick(connection, at) {
      if (connection.commandsWaiting) wake(connection); // it could not be called when it was woken
      if (connection.sawStatus || connection.statusTriggered !== 'no' || connection.readyAt === undefined) return;
      if (connection.boot !== 'accepted') return;
      if (at - connection.readyAt < limits.statusWaitMs) return;
      connection.statusTriggered = connection.greeting.served.toCharger.has('TriggerMessage') ? 'wanted' : 'done';
      if (connection.statusTriggered === 'wanted') wake(connection);
    },
    late(connection, { commandId, traceId }, outcome) {
      if (commandId === undefined) return;
      const answered = {
        room: 'commands',
        type: 'answered',
        ...about(connection),
        commandId,
        answer: outcome,
      } as const;
      submit(answered, traced(traceId)).catch((cause) => {
        // The command has failed by its time-out; only its late answer is lost.
        log.warn({ err: cause, commandId }, 'a late answer could not be kept');
      });
    },
  };
}

const traced = (traceId: string | null) => (traceId === null ? {} : { traceId });

/** OCPP 1.6 §4.2: a rejected charge point is not called; one that is pending may be. */
function mayBeCalled(connection: Connection): boolean {
  if (connection.booting) return false; // some loop when they are called before the answer to their boot (B2)
  return (
    connection.isOpen &&
    connection.readyAt !== undefined &&
    connection.call === undefined &&
    connection.boot !== 'rejected'
  );
}
