/**
 * Our calls to a charger: one at a time on the line, matched with its answer by message id, also when that comes late (R4).
 * It must never match an answer with a call of another id, and never answers an answer.
 */
import { randomUUID } from 'node:crypto';
import type { CommandOutcome } from '../ingest/inputs.ts';
import { maskSecrets } from '../platform/secret-settings.ts';
import type { Connection } from './connection.ts';
import { faultOfKeyword } from './dialect.ts';
import type { CallError, MessageId, Result } from './frames.ts';
import { mend } from './mend.ts';
import type { Limits, Logger, TransportMetrics } from './needs.ts';
import type { OutstandingCall } from './outstanding.ts';
import { isRecord } from './reading.ts';
import type { SchemaFault } from './schemas.ts';
import type { Served } from './served.ts';

/** The charger's answer cannot be read; no code of the specification, as the charger sent none. */
export const UNREADABLE_ANSWER = 'UnreadableAnswer';

const MAX_LATE = 16;

export type CallsNeeds = {
  readonly log: Logger;
  readonly metrics: TransportMetrics;
  readonly monotonic: () => number;
  readonly limits: Limits;
  /** An answer that came after its time-out. */
  readonly onLate: (connection: Connection, call: OutstandingCall, outcome: CommandOutcome) => void;
};

export type Question = {
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly commandId: string | undefined;
  /** Of what asked for it: its frames are of that trace. */
  readonly traceId: string | null;
  /** A laboratory wants it to go out as it is. */
  readonly unchecked: boolean;
};

export type Calls = {
  /** Only for an open connection whose line is idle. Resolves with whatever happens; never rejects. */
  call(connection: Connection, question: Question): Promise<CommandOutcome>;
  answered(connection: Connection, frame: Result | CallError): void;
  answerLost(connection: Connection, id: MessageId | undefined): void;
  /** Fails what is overdue. Called by the tick. */
  expire(connection: Connection, now: number): void;
  /** The line broke. */
  broken(connection: Connection): void;
};

export function createCalls({ log, metrics, monotonic, limits, onLate }: CallsNeeds): Calls {
  function settle(connection: Connection, call: OutstandingCall, outcome: CommandOutcome): void {
    connection.call = undefined;
    const { protocol, toCharger } = connection.greeting.served;
    // A laboratory may call anything: what no version has must not become a label.
    const action = toCharger.has(call.action) ? call.action : 'unknown';
    metrics.outbound(protocol, action, outcome.outcome, (monotonic() - call.sentAt) / 1000);
    call.settle(outcome);
  }

  function outcomeOf(connection: Connection, call: OutstandingCall, frame: Result | CallError): CommandOutcome {
    if (frame.is !== 'result') {
      return { outcome: 'error', code: frame.code, description: frame.description, details: frame.details };
    }
    const { served } = connection.greeting;
    // The answer is kept as it came; whether it agrees is read from the mended one: an extra field is no refusal.
    const schema = served.schemas.of(call.action, 'result');
    const fault = schema?.check(frame.payload);
    const mended =
      schema === undefined || fault === undefined ? frame.payload : mend(schema.schema, frame.payload).payload;
    // Without its status it is no "rejected": the charger did not say so. What lacks deeper in it is the loss of its own entry only.
    const isUseless =
      !isRecord(frame.payload) || !isRecord(mended) || lacks(mended, schema?.schema.required ?? NO_NAMES);
    if (fault !== undefined && (isUseless || connection.link?.strict === true)) tellBroken(connection, frame.id, fault);
    if (isUseless) {
      return {
        outcome: 'error',
        code: UNREADABLE_ANSWER,
        description: 'The answer does not say what it must',
        details: { payload: frame.payload },
      };
    }
    const action = served.toCharger.get(call.action);
    const accepted = action?.accepted(mended) ?? false;
    const learn = accepted ? action?.learn : action?.learnRefusal;
    const learned = learn?.(call.payload, mended);
    // Settings that are secret are told to nobody: from here on they are masked.
    const payload = maskSecrets(frame.payload) as Record<string, unknown>; // an object stays one
    return { outcome: 'result', payload, accepted, ...(learned !== undefined && { learned }) };
  }

  /** 2.1 Part 4 §4.2.4: a result that cannot be used is answered by a CALLRESULTERROR. Older versions have no word for it. */
  function tellBroken(connection: Connection, id: MessageId, { keyword, field, message }: SchemaFault): void {
    if (!connection.greeting.served.dialect.sends) return;
    connection.sendResultError(
      id,
      faultOfKeyword[keyword] ?? 'formation',
      `${field || 'payload'} ${message}`,
      connection.call?.traceId ?? null,
    );
  }

  return {
    call(connection, { action, payload, timeoutMs, commandId, traceId, unchecked }) {
      const fault = unchecked ? undefined : faultIn(connection.greeting.served, action, payload);
      if (fault !== undefined) {
        log.error({ trace_id: traceId, action, fault }, 'a call that breaks its schema is not sent');
        return Promise.resolve({
          ...{ outcome: 'unsent', why: 'invalid_call' },
          message: `It breaks its schema, and was never sent: ${fault}`,
        });
      }
      if (!connection.isOpen || connection.call !== undefined) return Promise.resolve({ outcome: 'lost' });
      return new Promise((settled) => {
        const id = randomUUID();
        const sentAt = monotonic();
        const deadline = sentAt + timeoutMs;
        connection.call = { id, action, commandId, traceId, payload, sentAt, deadline, settle: settled };
        solicit(connection, action, payload, sentAt);
        connection.sendCall(JSON.stringify([2, id, action, payload]), id, action, traceId);
      });
    },

    answered(connection, frame) {
      const id = String(frame.id);
      const call = connection.call;
      if (call?.id === id) return settle(connection, call, outcomeOf(connection, call, frame));
      const late = connection.late?.get(id);
      if (late !== undefined) {
        connection.late?.delete(id);
        if (monotonic() - late.deadline > limits.lateAnswerMs) return;
        return onLate(connection, late, outcomeOf(connection, late, frame));
      }
      metrics.stray(connection.greeting.served.protocol, 'unmatched');
    },

    answerLost(connection, id) {
      const call = connection.call;
      if (call === undefined || id === undefined || call.id !== String(id)) return;
      settle(connection, call, {
        outcome: 'error',
        code: UNREADABLE_ANSWER,
        description: 'The answer was cut off or is no JSON',
        details: {},
      });
    },

    expire(connection, now) {
      const call = connection.call;
      if (call === undefined) return;
      // While we do not read its socket, or all that came by it, its answer may be waiting there.
      if (connection.line.paused || connection.line.isBehind)
        call.deadline = Math.max(call.deadline, now + limits.pingEveryMs);
      if (now < call.deadline) return;
      connection.late ??= new Map();
      connection.late.set(call.id, call);
      if (connection.late.size > MAX_LATE) {
        const [oldest] = connection.late.keys();
        if (oldest !== undefined) connection.late.delete(oldest);
      }
      settle(connection, call, { outcome: 'timeout' });
    },

    broken(connection) {
      if (connection.call !== undefined) settle(connection, connection.call, { outcome: 'lost' });
      connection.late = undefined;
    },
  };
}

const NO_NAMES: readonly string[] = [];
const lacks = (payload: Readonly<Record<string, unknown>>, required: readonly string[]): boolean =>
  required.some((name) => (payload[name] ?? null) === null);

/** Why this call is none of ours to send; undefined: it may go. */
function faultIn(served: Served, action: string, payload: unknown): string | undefined {
  const schema = served.toCharger.has(action) ? served.schemas.of(action, 'request') : undefined;
  if (schema === undefined) return `${served.protocol} has no call ${action.slice(0, 50)}`;
  const fault = schema.check(payload);
  return fault === undefined ? undefined : `${fault.field || 'payload'} ${fault.message}`;
}

/** What a charger sends because we asked for it; it may do so before its boot is accepted. */
const SOLICITED: Readonly<Record<string, readonly string[]>> = {
  GetDiagnostics: ['DiagnosticsStatusNotification'],
  GetLog: ['LogStatusNotification'],
  UpdateFirmware: ['FirmwareStatusNotification'],
  SignedUpdateFirmware: ['SignedFirmwareStatusNotification', 'FirmwareStatusNotification'],
  PublishFirmware: ['PublishFirmwareStatusNotification'],
  GetBaseReport: ['NotifyReport'],
  GetReport: ['NotifyReport'],
  GetMonitoringReport: ['NotifyMonitoringReport'],
  GetChargingProfiles: ['ReportChargingProfiles'],
  GetDisplayMessages: ['NotifyDisplayMessages'],
  CustomerInformation: ['NotifyCustomerInformation'],
  CertificateSigned: ['SignCertificate'],
  GetDERControl: ['ReportDERControl'],
};
/** 2.x names these otherwise than the messages they ask for. */
const TRIGGERS: Readonly<Record<string, string>> = {
  SignChargePointCertificate: 'SignCertificate',
  SignChargingStationCertificate: 'SignCertificate',
  SignV2GCertificate: 'SignCertificate',
  SignV2G20Certificate: 'SignCertificate',
  SignCombinedCertificate: 'SignCertificate',
};

/** Security extension of 1.6, ExtendedTriggerMessage: the status of a signed update has a message of its own, and no trigger. */
const triggered = (action: string, asked: string): readonly string[] =>
  action === 'ExtendedTriggerMessage' && asked === 'FirmwareStatusNotification'
    ? ['SignedFirmwareStatusNotification', asked]
    : [TRIGGERS[asked] ?? asked];

function solicit(
  connection: Connection,
  action: string,
  payload: Readonly<Record<string, unknown>>,
  now: number,
): void {
  const asked = payload['requestedMessage'];
  const expected = typeof asked === 'string' ? triggered(action, asked) : SOLICITED[action];
  if (expected === undefined) return;
  if (asked === 'BootNotification') connection.bootAskedAt = now;
  connection.solicited ??= new Set();
  for (const each of expected) connection.solicited.add(each);
}
