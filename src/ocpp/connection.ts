/**
 * One charger's socket: what came in waits in its line (line.ts), one message at a time is in work, in order. Only data per connection, what it does is shared (docs/decisions/003). It must never answer a CALL by itself
 * that a handler has not finished.
 */
import type { WebSocket } from 'ws';
import type { BootReply } from '../ingest/inputs.ts';
import type { ChargerLink } from './contract.ts';
import type { Fault } from './dialect.ts';
import type { CallError, MessageId, Result } from './frames.ts';
import type { LargeFrames } from './large-frames.ts';
import { Line, type LineOwner, type Message } from './line.ts';
import type { LoginRow } from './login-store.ts';
import type { FrameSink, Limits, Logger, TransportMetrics } from './needs.ts';
import type { OutstandingCall } from './outstanding.ts';
import type { RecentAnswers } from './recent-answers.ts';
import { meaningOf } from './rpc.ts';
import type { Served } from './served.ts';
import type { Turns } from './turns.ts';

/** What all connections share. */
export type Conduct = {
  readonly limits: Limits;
  readonly log: Logger;
  readonly metrics: TransportMetrics;
  readonly frames: FrameSink;
  readonly now: () => Date;
  readonly monotonic: () => number;
  readonly turns: Turns;
  readonly largeFrames: LargeFrames;
  /** Where a frame goes. False: it is none that a charger sends in its order. */
  read(connection: Connection, data: Buffer, at: Date): boolean;
  /** Takes one message to its answer. Never rejects. */
  serve(connection: Connection, message: Message): Promise<void>;
  answered(connection: Connection, frame: Result | CallError): void;
  /** An answer that cannot be read (R1). */
  answerLost(connection: Connection, id: MessageId | undefined): void;
  /** The socket is gone. Called once, also for one that was never opened. */
  ended(connection: Connection, reason: string): void;
};

export type Greeting = {
  readonly login: LoginRow;
  readonly served: Served;
  readonly securityProfile: 0 | 1 | 2 | 3;
  readonly remoteAddress: string;
  /** Which key it logged in with, while a new one is on its way to it. */
  readonly key?: 'current' | 'next' | undefined;
  /** Its profile is higher than its record says, and was expected. */
  readonly raises?: true | undefined;
};

const MAX_DESCRIPTION = 255;
/** RFC 6455 §5.5: a close frame holds 125 bytes, two of them are the code. */
const MAX_REASON = 123;

export class Connection implements LineOwner {
  readonly socket: WebSocket;
  readonly conduct: Conduct;
  readonly greeting: Greeting;
  /** Set when it is opened. */
  link: ChargerLink | undefined;
  state: 'opening' | 'open' | 'closing' | 'closed' = 'opening';
  /** Another connection of this charger took its place: nobody is told of its end (T3). */
  replaced = false;
  endReason: string | undefined;

  // Liveness, in milliseconds of the monotonic clock.
  aliveAt: number;
  seenFlushedAt = -1;
  messageAt = 0;
  openedAt = 0;
  nextPingAt = 0;

  readonly line: Line;
  #working = false;
  #lastCallThenClose: { readonly code: number; readonly reason: string } | undefined;
  recent: RecentAnswers | undefined;
  /** Unreadable messages in a row. */
  unreadable = 0;
  /** A person was told that it speaks another version (T8). */
  hinted = false;

  // Where its boot stands (B1, B2, B5).
  boot: BootReply['status'] | 'unknown' = 'unknown';
  /** A BootNotification is in work: its answer has to go out before any call of ours. */
  booting = false;
  /** Since when it may be called. */
  readyAt: number | undefined;
  sawStatus = false;
  statusTriggered: 'no' | 'wanted' | 'done' = 'no';
  /** Actions that we asked for, and that are therefore served before the boot is accepted. */
  solicited: Set<string> | undefined;
  /** It sent its BootNotification on this connection, and it was answered. */
  hasBooted = false;
  /** When it was asked to send its BootNotification again, in milliseconds of the monotonic clock. */
  bootAskedAt: number | undefined;

  // Our own calls.
  call: OutstandingCall | undefined;
  late: Map<string, OutstandingCall> | undefined;
  pumping = false;
  commandsWaiting = false;

  constructor(socket: WebSocket, conduct: Conduct, greeting: Greeting) {
    this.socket = socket;
    this.conduct = conduct;
    this.greeting = greeting;
    this.aliveAt = conduct.monotonic();
    this.line = new Line(this);
  }

  get chargePointId(): string {
    return this.greeting.login.chargePointId;
  }
  get isOpen(): boolean {
    return this.state === 'open';
  }
  get isGone(): boolean {
    return this.state === 'closing' || this.state === 'closed';
  }

  /** From here on its messages are worked off. */
  open(link: ChargerLink, boot: BootReply['status'] | null): void {
    const now = this.conduct.monotonic();
    this.link = link;
    this.boot = boot ?? 'unknown';
    this.openedAt = now;
    this.nextPingAt = now + Math.random() * this.conduct.limits.pingEveryMs; // spread, also after a storm
    this.state = 'open';
    void this.#work(); // never rejects: every message's fault is handled where it is served
  }

  read(data: Buffer, at: Date): boolean {
    return this.conduct.read(this, data, at);
  }

  /** In the order of their arrival. */
  enqueue(message: Message): void {
    if (!this.line.put(message)) return;
    if (this.state !== 'open' || this.#working) this.line.pauseIfFull();
    else void this.#work(); // never rejects, see open()
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.state === 'open' && this.#lastCallThenClose === undefined) {
      const message = this.line.next();
      if (message === undefined) break;
      await this.conduct.serve(this, message);
      this.line.done(message);
    }
    this.#working = false;
    if (this.#lastCallThenClose !== undefined)
      this.#closeNow(this.#lastCallThenClose.code, this.#lastCallThenClose.reason);
  }

  sendAnswer(text: string, id: MessageId, action: string, traceId: string): void {
    this.#send(text, 3, id, action, traceId);
  }
  sendCall(text: string, id: string, action: string, traceId: string | null): void {
    this.#send(text, 2, id, action, traceId);
  }
  sendError(id: MessageId, fault: Fault, description: string, traceId: string): void {
    this.sendCallError(id, this.greeting.served.dialect.codes[fault], description, traceId);
  }

  sendCallError(id: MessageId, code: string, description: string, traceId: string): void {
    const text = (description === '' ? meaningOf(code) : description).slice(0, MAX_DESCRIPTION);
    this.#send(JSON.stringify([4, id, code, text, {}]), 4, id, null, traceId);
  }

  /** OCPP 2.1 only. */
  sendResultError(id: MessageId, fault: Fault, description: string, traceId: string | null): void {
    const text = [5, id, this.greeting.served.dialect.codes[fault], description.slice(0, MAX_DESCRIPTION), {}];
    this.#send(JSON.stringify(text), 5, id, null, traceId);
  }

  #send(text: string, type: number, id: MessageId, action: string | null, traceId: string | null): void {
    if (this.isGone) return;
    this.socket.send(text);
    this.logFrame(this.conduct.now(), false, type, id, action, text, traceId);
    if (this.socket.bufferedAmount > this.conduct.limits.maxUnread) this.terminate('not_reading');
  }

  logFrame(
    at: Date,
    inbound: boolean,
    type: number | null,
    id: MessageId | null,
    action: string | null,
    raw: string,
    traceId: string | null,
  ): void {
    this.conduct.frames.append({
      chargePointNumber: this.greeting.login.number,
      atMs: at.getTime(),
      inbound,
      messageType: type,
      messageId: id === null ? null : String(id),
      action,
      raw,
      traceId,
    });
  }

  /** Says why, and gives the other side a moment to say goodbye. */
  close(code: number, reason: string, endReason: string): void {
    if (this.isGone) return;
    this.endReason ??= endReason;
    this.#closeNow(code, reason);
  }

  /** Finishes the message in work, answers it, takes no other, and closes. */
  finish(code: number, reason: string, endReason: string): void {
    if (this.isGone) return;
    this.endReason ??= endReason;
    this.#lastCallThenClose = { code, reason };
    if (!this.#working) this.#closeNow(code, reason);
  }

  #closeNow(code: number, reason: string): void {
    if (this.isGone) return;
    this.state = 'closing';
    this.line.forget();
    if (this.line.paused) this.socket.resume(); // its goodbye has to be read
    this.socket.close(code, reason.replace(/[^ -~]/g, '?').slice(0, MAX_REASON));
  }

  /** Closes with whatever is in work, which is not answered. */
  breakOff(code: number, reason: string, endReason: string): void {
    this.#closeNow(code, reason);
    this.terminate(endReason);
  }

  terminate(endReason: string): void {
    if (this.state === 'closed') return;
    this.endReason ??= endReason;
    this.state = 'closing';
    this.line.forget();
    this.socket.terminate();
  }

  /** Of the socket: it is closed for good. */
  closed(code: number): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.line.forget();
    this.conduct.ended(this, this.endReason ?? (code === 1006 ? 'connection_lost' : 'closed'));
  }

  get isWorking(): boolean {
    return this.#working;
  }
}
