/**
 * One CALL of a charger on its way to its answer: known? accepted? repeated? readable? → handler → answer.
 * Nothing is refused for its content (unless the charge point is strict): what is beyond use is kept in quarantine and gets the
 * smallest valid answer. Without a commit there is no answer.
 */
import { isTransient } from '../database/transient.ts';
import type { Ingest } from '../ingest/contract.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Connection } from './connection.ts';
import { type Deviation, type InboundCall, UnusableMessage } from './contract.ts';
import { faultOfKeyword } from './dialect.ts';
import type { Message } from './line.ts';
import { mend } from './mend.ts';
import type { DeviationSink, InboundOutcome, Logger, TransportMetrics } from './needs.ts';
import { isRecord } from './reading.ts';
import { isWorthKeeping, RecentAnswers } from './recent-answers.ts';
import type { SchemaFault } from './schemas.ts';
import type { Route } from './served.ts';

export type InboundNeeds = {
  readonly submit: Ingest['submit'];
  readonly deviations: DeviationSink;
  readonly log: Logger;
  readonly metrics: TransportMetrics;
  readonly monotonic: () => number;
  readonly retryMs: number;
  /** Tests: a handler's result that breaks its schema is answered with InternalError instead of the minimal result. */
  readonly failOnBrokenResult: boolean;
  /** It has booted and may be called, or reported its statuses. */
  readonly booted: (connection: Connection) => void;
};

const NONE: readonly Deviation[] = [];
const inEnvelope = (oddity: string): Deviation => ({ field: '', kind: 'envelope', example: oddity });
type Read = { readonly call: InboundCall } | { readonly fault: SchemaFault };

export function createInbound(needs: InboundNeeds): (connection: Connection, message: Message) => Promise<void> {
  const { submit, deviations, log, metrics, monotonic, retryMs, failOnBrokenResult } = needs;

  return async function serve(connection, message) {
    const { served } = connection.greeting;
    const startedAt = monotonic();
    const route = served.routes.get(message.frame.action);
    let outcome: InboundOutcome;
    connection.booting = message.frame.action === 'BootNotification';
    try {
      outcome = await attempt(connection, message, route);
    } catch (cause) {
      // Ours, and not foreseen: the charger must not wait for ever, and the process must live.
      log.error(
        {
          ...{ err: cause, trace_id: message.traceId },
          ...{ identity: connection.greeting.login.identity, action: message.frame.action },
        },
        'a message could not be served',
      );
      if (message.frame.is === 'call') connection.sendError(message.frame.id, 'internal', '', message.traceId);
      outcome = 'failed';
    }
    connection.booting = false;
    const action = route === undefined ? 'unknown' : message.frame.action;
    const seconds = (monotonic() - startedAt) / 1000;
    metrics.inbound(served.protocol, action, outcome, seconds);
    const { traceId: trace_id, frame } = message;
    log.debug(
      { trace_id, identity: connection.greeting.login.identity, action, id: frame.id, outcome, seconds },
      'message',
    );
  };

  async function attempt(connection: Connection, message: Message, route: Route | undefined): Promise<InboundOutcome> {
    const { frame, raw } = message;
    if (route === undefined) {
      if (frame.is === 'call') refuseUnserved(connection, frame, message.traceId);
      hintAtWrongVersion(connection, frame.action);
      return 'not_implemented';
    }
    if (isHeldBack(connection, route)) {
      if (frame.is === 'call') {
        const text = `BootNotification was answered ${connection.boot}`;
        connection.sendError(frame.id, 'not_accepted_yet', text, message.traceId);
      }
      return 'not_accepted_yet';
    }
    if (frame.is === 'call' && isWorthKeeping(frame.action)) {
      const again = connection.recent?.find(raw, monotonic());
      if (again !== undefined) {
        connection.sendAnswer(again, frame.id, frame.action, message.traceId);
        return 'repeated';
      }
    }
    const read = readCall(connection, message, route);
    if ('fault' in read) {
      if (frame.is === 'call') {
        const { keyword, field, message: what } = read.fault;
        const fault = faultOfKeyword[keyword] ?? 'formation';
        connection.sendError(frame.id, fault, `${field || 'payload'} ${what}`, message.traceId);
      }
      return 'refused';
    }
    const call = isTriggered(connection, route, monotonic()) ? { ...read.call, isTriggered: true as const } : read.call;
    if (call.deviations.length > 0) {
      deviations.record(connection.greeting.login, call.action, call.deviations, call.receivedAt);
    }
    const handled = await handle(connection, message, route, call);
    if (handled === undefined) return 'abandoned';
    const sent = answer(connection, message, route, call, handled.result);
    if (sent === undefined) return 'broken_result';
    note(connection, route, call, sent);
    return handled.quarantined ? 'quarantined' : call.deviations.length > 0 ? 'mended' : 'answered';
  }

  /** An action of this version that is not a charger's to send is another mistake than one that nobody knows. */
  function refuseUnserved(
    connection: Connection,
    { id, action }: Extract<Message['frame'], { is: 'call' }>,
    traceId: string,
  ): void {
    const isKnown = connection.greeting.served.schemas.has(action, 'request');
    const name = action.slice(0, 50);
    if (isKnown) connection.sendError(id, 'not_supported', `${name} is not a message that a charger sends`, traceId);
    else connection.sendError(id, 'not_implemented', `${name} is not implemented`, traceId);
  }

  function readCall(connection: Connection, message: Message, route: Route): Read {
    const { frame, receivedAt, traceId } = message;
    const { link } = connection;
    if (link === undefined) throw new Error('a message is served before its connection is open');
    const strict = link.strict;
    if (strict && frame.is === 'call' && frame.oddity !== undefined) {
      return { fault: { keyword: 'envelope', field: '', message: frame.oddity } };
    }
    const odd = frame.is === 'call' && frame.oddity !== undefined ? [inEnvelope(frame.oddity)] : NONE;
    const fault = route.request?.check(frame.payload);
    if (fault === undefined && isRecord(frame.payload)) {
      return {
        call: {
          action: frame.action,
          payload: frame.payload,
          valid: true,
          deviations: odd,
          receivedAt,
          traceId,
          link,
        },
      };
    }
    if (strict) return { fault: fault ?? { keyword: 'type', field: '', message: 'must be object' } };
    const mended = mend(route.request?.schema ?? {}, frame.payload);
    return {
      call: {
        action: frame.action,
        payload: mended.payload,
        valid: mended.sound,
        deviations: odd === NONE ? mended.deviations : [...odd, ...mended.deviations],
        receivedAt,
        traceId,
        link,
      },
    };
  }

  /** Undefined: the connection is gone, there is nobody to answer. */
  async function handle(
    connection: Connection,
    message: Message,
    route: Route,
    call: InboundCall,
  ): Promise<{ result: Record<string, unknown>; quarantined: boolean } | undefined> {
    let unusable: { readonly reason: string } | undefined;
    for (;;) {
      try {
        if (unusable === undefined) return { result: await route.handler.handle(call), quarantined: false };
        await quarantine(connection, message, unusable.reason);
        return { result: route.handler.minimal(call), quarantined: true };
      } catch (cause) {
        if (connection.isGone) return undefined;
        if (isAway(cause)) {
          // X14: no acknowledgement without a commit. The line stands, the socket is not read, the charger waits or comes again.
          await new Promise((resolve) => setTimeout(resolve, retryMs));
          if (connection.isGone) return undefined;
        } else if (cause instanceof AppError && cause.code === 'not_found') {
          connection.close(1008, 'this charge point is not registered any more', 'deleted');
          return undefined;
        } else if (unusable !== undefined) throw cause;
        else unusable = { reason: blame(connection, call, cause) };
      }
    }
  }

  function blame(connection: Connection, call: InboundCall, cause: unknown): string {
    const { identity } = connection.greeting.login;
    if (cause instanceof UnusableMessage) {
      log.warn(
        { trace_id: call.traceId, identity, action: call.action, why: cause.message },
        'a message could not be used: it is kept in quarantine',
      );
      return cause.message;
    }
    const about = { err: cause, trace_id: call.traceId, identity, action: call.action };
    log.error(about, 'a handler failed: the message is kept in quarantine');
    return `internal: ${cause instanceof Error ? cause.name : 'unknown'}`;
  }

  async function quarantine(
    connection: Connection,
    { frame, raw, receivedAt, traceId }: Message,
    reason: string,
  ): Promise<void> {
    const input = {
      room: 'quarantine',
      type: 'quarantined',
      chargePointId: connection.chargePointId,
      receivedAt,
      quarantineId: newId('qua'),
      protocol: connection.greeting.served.protocol,
      action: frame.action,
      payload: raw,
      reason: reason.slice(0, 500),
    } as const;
    await submit(input, { traceId });
  }

  /** The result that was sent; undefined: there was none that satisfies its schema. */
  function answer(
    connection: Connection,
    { frame, raw, traceId }: Message,
    route: Route,
    call: InboundCall,
    result: Record<string, unknown>,
  ): Record<string, unknown> | undefined {
    if (frame.is === 'send') return result;
    let good = result;
    const broken = route.result?.check(result);
    if (broken !== undefined) {
      log.error(
        { trace_id: traceId, action: frame.action, field: broken.field, fault: broken.message },
        'a result breaks its schema: a bug of the adapter',
      );
      const minimal = failOnBrokenResult ? undefined : route.handler.minimal(call);
      if (minimal === undefined || route.result?.check(minimal) !== undefined) {
        connection.sendError(frame.id, 'internal', '', traceId);
        return undefined;
      }
      good = minimal;
    }
    const text = JSON.stringify([3, frame.id, good]);
    connection.sendAnswer(text, frame.id, frame.action, traceId);
    if (isWorthKeeping(frame.action)) {
      connection.recent ??= new RecentAnswers();
      connection.recent.keep(raw, text, monotonic());
    }
    return good;
  }

  /** What the transport itself learns from a message. */
  function note(
    connection: Connection,
    { handler }: Route,
    call: InboundCall,
    result: Readonly<Record<string, unknown>>,
  ): void {
    const { action } = handler;
    if (action === 'StatusNotification' || handler.tellsStatus?.(call) === true) connection.sawStatus = true;
    if (action !== 'BootNotification') return;
    connection.bootAskedAt = undefined; // by the next one it may mean something else
    const status = typeof result['status'] === 'string' ? result['status'].toLowerCase() : '';
    if (status !== 'accepted' && status !== 'pending' && status !== 'rejected') return;
    connection.boot = status;
    connection.hasBooted = true;
    connection.booting = false;
    needs.booted(connection);
  }

  /** T8: a charger that speaks another version than it negotiated gets refusals only; a person has to set it right. */
  function hintAtWrongVersion(connection: Connection, action: string): void {
    const { protocol } = connection.greeting.served;
    const meant = (protocol === 'ocpp1.6' ? ONLY_V2 : ONLY_V16).has(action);
    if (!meant || connection.hinted) return;
    connection.hinted = true;
    log.warn(
      { identity: connection.greeting.login.identity, protocol, action },
      'the charger sends messages of another OCPP version than it negotiated: check its configuration',
    );
  }
}

/** The database does not answer at the moment, whoever noticed it. */
const isAway = (cause: unknown): boolean =>
  (cause instanceof AppError && cause.code === 'unavailable') || isTransient(cause);

const ONLY_V16: ReadonlySet<string> = new Set(['StartTransaction', 'StopTransaction', 'DiagnosticsStatusNotification']);
const ONLY_V2: ReadonlySet<string> = new Set(['TransactionEvent', 'NotifyReport', 'NotifyEvent']);

/** So soon after it was asked for, a boot is the one that was asked for. */
const TRIGGERED_MS = 60_000;

/** By then who has rebooted has said so on his new connection. */
const BOOTS_WITHIN_MS = 300_000;

/** Who has rebooted comes by another connection. OCPP 1.6 has no word for it: BootNotification says no reason. */
function isTriggered(connection: Connection, { handler }: Route, now: number): boolean {
  const { boot, bootAskedAt, hasBooted, openedAt } = connection;
  if (handler.action !== 'BootNotification' || boot !== 'accepted' || bootAskedAt === undefined) return false;
  return now - bootAskedAt <= TRIGGERED_MS && (hasBooted || now - openedAt > BOOTS_WITHIN_MS);
}

/** Not accepted, and not asked for it: it has to wait (OCPP 1.6 §4.2; 2.x B01.FR.10, B02.FR.09, B03.FR.07). */
function isHeldBack(connection: Connection, route: Route): boolean {
  // Unknown: it came back without booting, which is right (B1); it has not been told to wait.
  if (connection.boot === 'accepted' || connection.boot === 'unknown') return false;
  return route.handler.beforeBoot !== true && connection.solicited?.has(route.handler.action) !== true;
}
