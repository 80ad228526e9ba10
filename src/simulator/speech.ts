/** How the charger speaks: framing, order and message ids, and the misbehaviours that touch what goes out. */
import { randomUUID } from 'node:crypto';
import type { Timers } from './clock.ts';
import type { Misbehaviour } from './contract.ts';
import { createOutbox, type Entry } from './outbox.ts';
import { createRpc, type Request } from './rpc.ts';
import type { Settings } from './settings.ts';
import type { Answer, Call, CallOutcome, LocalSession, OutgoingCall, SimulatorClock, Tell, Traits } from './types.ts';

export type Saying = {
  readonly kind: Entry['kind'];
  readonly action: string;
  /** Built when its turn comes: only then are transaction ids known. */
  readonly build: () => Call;
  readonly session?: Readonly<LocalSession>;
  readonly ready?: () => boolean;
  /** Called before the next message is built: that one may need what this one's answer told. */
  readonly settled?: (outcome: CallOutcome) => void;
};

export type Speech = {
  /** Resolves with what became of it; a transaction message perhaps days later. */
  say(saying: Saying): Promise<CallOutcome>;
  /** Past queue and misbehaviours. */
  callNow(action: string, payload: unknown, messageId?: string): Promise<CallOutcome>;
  /** Without an answer (2.1 SEND); lost without a line. */
  send(action: string, payload: unknown): void;
  receive(text: string): void;
  reply(request: Request, answer: Answer): void;
  pump(): void;
  lineLost(): void;
  /** After a reboot a counting charger counts from 1 again. */
  rebooted(): void;
  isOpen(): boolean;
  waiting(): number;
  drained(): Promise<void>;
  close(): void;
};

export function createSpeech(needs: {
  readonly send: (text: string) => boolean;
  readonly lineIsOpen: () => boolean;
  readonly maySend: (kind: Entry['kind']) => boolean;
  readonly request: (request: Request) => void;
  readonly stray: (text: string) => void;
  readonly callTimeoutMs: number;
  readonly clock: SimulatorClock;
  readonly timers: Timers;
  readonly settings: Settings;
  readonly traits: Traits;
  readonly misbehaviours: readonly Misbehaviour[];
  readonly tell: Tell;
}): Speech {
  const { clock, timers, settings, traits, tell } = needs;
  const rpc = createRpc({
    send: needs.send,
    timeoutMs: needs.callTimeoutMs,
    request: needs.request,
    stray: needs.stray,
  });
  const outbox = createOutbox({
    timers,
    lineIsOpen: needs.lineIsOpen,
    maySend: needs.maySend,
    oneAtATime: traits.oneCallAtATime,
    repeatsOnErrorForEver: traits.repeatsOnErrorForEver,
    attempts: settings.messageAttempts,
    retryIntervalMs: () => settings.messageRetryS() * 1000,
    dropped: (action, why) => tell({ what: 'dropped', action, why }),
  });
  const rewriters = needs.misbehaviours.flatMap(({ calls }) => (calls === undefined ? [] : [calls()]));
  let counter = 0;

  function freshId(): string | number {
    counter += 1;
    if (traits.messageIds === 'random') return randomUUID();
    return traits.messageIds === 'number' ? counter : String(counter);
  }

  async function put(action: string, payload: unknown, id: string | number): Promise<CallOutcome> {
    const begun = performance.now();
    const outcome = await rpc.call(id, action, payload);
    const tookMs = performance.now() - begun;
    tell({ what: 'answered', action, messageId: String(id), payload, outcome, tookMs });
    return outcome;
  }

  /** One attempt: what the misbehaviours make of it, one frame after the other. The last answer counts. */
  async function attempt(saying: Saying, ids: (string | number)[]): Promise<CallOutcome> {
    const { action, payload } = saying.build();
    let frames: readonly OutgoingCall[] = [{ action, payload, session: saying.session, messageId: 'fresh' }];
    for (const rewrite of rewriters) frames = frames.flatMap((frame) => rewrite(frame, clock.now()));
    let outcome: CallOutcome = { outcome: 'withheld' };
    for (const [index, frame] of frames.entries()) {
      const kept = traits.keepsMessageId ? ids[index] : undefined;
      const before = frame.messageId === 'as_before' ? ids[index - 1] : undefined;
      const id = kept ?? before ?? freshId();
      ids[index] = id;
      outcome = await put(frame.action, frame.payload, id);
      if (outcome.outcome !== 'result') return outcome;
    }
    return outcome;
  }

  return {
    say: (saying) =>
      new Promise((resolve) => {
        const ids: (string | number)[] = [];
        outbox.add({
          action: saying.action,
          kind: saying.kind,
          attempt: () => attempt(saying, ids),
          settle(outcome) {
            saying.settled?.(outcome);
            resolve(outcome);
          },
          ...(saying.ready === undefined ? {} : { ready: saying.ready }),
        });
      }),
    callNow: (action, payload, messageId) => put(action, payload, messageId ?? freshId()),
    send: (action, payload) => void needs.send(JSON.stringify([6, randomUUID(), action, payload])), // lost without a line
    receive: rpc.receive,
    reply(request, answer) {
      const payload = answer.ok ? answer.result : {};
      const frame = answer.ok ? [3, request.id, answer.result] : [4, request.id, answer.code, answer.description, {}];
      let text = JSON.stringify(frame);
      for (const { answers } of needs.misbehaviours) text = answers?.({ id: request.id, text, payload }) ?? text;
      const deliver = () => void needs.send(text); // without a line the answer is lost, as answers are
      if (traits.answerDelayMs > 0) timers.after(traits.answerDelayMs, deliver);
      else deliver();
    },
    pump: outbox.pump,
    lineLost() {
      rpc.lost();
      outbox.lineLost();
    },
    rebooted() {
      if (traits.messageIds === 'counter_per_boot') counter = 0;
    },
    isOpen: needs.lineIsOpen,
    waiting: outbox.waiting,
    drained: outbox.drained,
    close() {
      outbox.close();
      rpc.lost();
    },
  };
}
