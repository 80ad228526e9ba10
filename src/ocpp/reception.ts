/**
 * What came in on a socket is read here and goes its way: calls into the line, answers to the call that waits for them. Answers
 * are never answered, nor is a peer that only talks garbage: two confused sides would go on for ever.
 */
import { newTraceId } from '../platform/trace.ts';
import type { Connection } from './connection.ts';
import { type Call, type MessageId, parseFrame, type Unreadable, withoutFringe } from './frames.ts';
import type { OutstandingCall } from './outstanding.ts';

const ANSWERED_UNREADABLE = 5;
const MAX_UNREADABLE = 50;

export function receive(connection: Connection, data: Buffer): void {
  if (connection.isGone) return;
  connection.aliveAt = connection.conduct.monotonic();
  if (data.length === 0) return; // T13
  connection.messageAt = connection.aliveAt;
  connection.line.arrived(data, connection.aliveAt);
}

/** False: it is none that a charger sends in its order, a CALL, a SEND, or the answer to a call of ours. */
export function read(connection: Connection, data: Buffer, receivedAt: Date): boolean {
  const { conduct } = connection;
  const { served, login } = connection.greeting;
  const said = data.toString('utf8');
  const raw = (connection.link ?? login).strict ? said : withoutFringe(said);
  const frame = parseFrame(raw);
  const traceId = newTraceId();
  const keep = (type: number | null, id: MessageId | undefined, action: string | null, of: string | null): void =>
    connection.logFrame(receivedAt, true, type, id ?? null, action, raw, of);
  if (frame.is !== 'unreadable') connection.unreadable = 0;
  switch (frame.is) {
    case 'call':
      keep(2, frame.id, frame.action, traceId);
      connection.enqueue({
        frame: raw === said ? frame : fringed(frame),
        raw,
        bytes: data.length,
        receivedAt,
        traceId,
      });
      return true;
    case 'send':
      keep(6, frame.id, frame.action, traceId);
      if (!served.dialect.sends) {
        answerUnknownType(connection, 6, frame.id, traceId);
        return false;
      }
      connection.enqueue({ frame, raw, bytes: data.length, receivedAt, traceId });
      return true;
    case 'result':
    case 'error': {
      const answered = answeredCall(connection, frame.id);
      keep(frame.is === 'result' ? 3 : 4, frame.id, connection.call?.action ?? null, answered?.traceId ?? null);
      conduct.answered(connection, frame);
      return answered !== undefined;
    }
    case 'result_error':
      keep(5, frame.id, null, traceId);
      conduct.metrics.stray(served.protocol, 'result_error');
      conduct.log.warn({ identity: login.identity, code: frame.code }, 'the charger could not use our answer');
      return false;
    case 'unknown_type':
      keep(null, frame.id, null, traceId);
      answerUnknownType(connection, frame.type, frame.id, traceId);
      return false;
    case 'unreadable':
      keep(frame.type ?? null, frame.id, null, traceId);
      if (raw.trim() !== '') answerUnreadable(connection, frame, traceId);
      return false;
  }
}

const fringed = (call: Call): Call => ({ ...call, oddity: 'there is a byte order mark or a NUL around the message' });

/** An answer belongs to the trace of our call; undefined: nothing of ours waits for it. */
const answeredCall = ({ call, late }: Connection, id: MessageId): OutstandingCall | undefined =>
  call?.id === String(id) ? call : late?.get(String(id));

function answerUnreadable(connection: Connection, { type, id, why }: Unreadable, traceId: string): void {
  const { conduct } = connection;
  conduct.metrics.stray(connection.greeting.served.protocol, 'unreadable');
  connection.unreadable += 1;
  if (type === 3 || type === 4) conduct.answerLost(connection, id);
  else if (type === 2 && id !== undefined) connection.sendError(id, 'unreadable', why, traceId);
  else if (type !== 5 && type !== 6 && connection.unreadable <= ANSWERED_UNREADABLE) {
    connection.sendError(id ?? NO_ID, 'unreadable', why, traceId);
  }
  if (connection.unreadable >= MAX_UNREADABLE) connection.close(1008, 'too many unreadable messages', 'unreadable');
}

/** In place of a message id that could not be read (2.x Part 4 §4.2.3; in use for 1.6 too). */
const NO_ID = '-1';

function answerUnknownType(connection: Connection, type: number, id: MessageId | undefined, traceId: string): void {
  const { dialect, protocol } = connection.greeting.served;
  connection.conduct.metrics.stray(protocol, 'unknown_type');
  if (dialect.unknownMessageType === null) return;
  connection.sendCallError(id ?? NO_ID, dialect.unknownMessageType, `message type ${type} is not supported`, traceId);
}
