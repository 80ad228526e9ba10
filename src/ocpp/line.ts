/**
 * One charger's frames on their way to be worked off. One CALL in work and one behind it are read at once, as are answers to
 * ours; what is sent beyond waits unread for its turn (turns.ts), and if it becomes too much the socket is not read. Nothing is lost
 * or goes out of order.
 */
import type { Call, Send } from './frames.ts';
import type { LargeFrames } from './large-frames.ts';
import type { Limits } from './needs.ts';
import { costOf, RECENT_MS, type Taker, type Turns } from './turns.ts';

/** A message that was read and waits for the one in work. */
export type Message = {
  readonly frame: Call | Send;
  readonly raw: string;
  readonly bytes: number;
  readonly receivedAt: Date;
  readonly traceId: string;
};
/** A frame that is not read yet. */
type Arrival = { readonly data: Buffer; readonly at: Date };

/** The connection that the line belongs to. */
export type LineOwner = {
  readonly conduct: {
    readonly limits: Limits;
    readonly turns: Turns;
    readonly largeFrames: LargeFrames;
    readonly now: () => Date;
    readonly monotonic: () => number;
  };
  readonly socket: { pause(): void; resume(): void };
  readonly isGone: boolean;
  readonly isWorking: boolean;
  aliveAt: number;
  /** Where the frame goes. False: it is none that a charger sends in its order, a CALL or an answer. */
  read(data: Buffer, at: Date): boolean;
  close(code: number, reason: string, endReason: string): void;
};

/** So many are read without a turn: the one in work is one of them. */
const AHEAD = 2;

export class Line implements Taker {
  readonly #owner: LineOwner;
  #unread: Arrival[] = [];
  #read: Message[] = [];
  #bytes = 0;
  /** Large messages that were read and are not worked off: one at most. */
  #large = 0;
  /** Read since its last turn, and no message: nobody works at them, so they hold nothing up. */
  #strays = 0;
  /** When it had frames unread last: who sends ahead is nobody that others have to make room for, also when its line is empty for a moment. */
  #behindAt = Number.NEGATIVE_INFINITY;
  paused = false;

  constructor(owner: LineOwner) {
    this.#owner = owner;
  }

  get isBehind(): boolean {
    return this.#unread.length > 0;
  }
  /** Frames and messages that wait, the one in work not counted. */
  get length(): number {
    return this.#unread.length + this.#read.length;
  }
  get #hasRoom(): boolean {
    return this.#read.length + Number(this.#owner.isWorking) < AHEAD;
  }

  /** `at`: monotonic. */
  arrived(data: Buffer, at: number): void {
    const { turns, now, largeFrames } = this.#owner.conduct;
    const isNext = this.#unread.length === 0 && this.#strays < AHEAD && this.#hasRoom;
    const isLarge = this.#isLarge(data.length);
    if (isNext && !isLarge) {
      if (at - this.#behindAt >= RECENT_MS) turns.spoke(this, at);
      this.#take(data, now());
      return;
    }
    if (isLarge && !largeFrames.hold(data.length)) {
      // It is the newest of all that wait; it was not answered, so it comes again.
      this.#owner.close(1013, 'too many large messages at once, try again later', 'overloaded');
      return;
    }
    this.#unread.push({ data, at: now() });
    this.#behindAt = at;
    this.#bytes += data.length;
    if (this.#isWithinLimits()) this.pauseIfFull();
    if (this.#hasRoom) turns.ask(this);
  }

  #take(data: Buffer, at: Date): void {
    if (this.#owner.read(data, at)) return;
    this.#strays += 1;
    this.#owner.conduct.turns.ask(this); // by which it is forgotten
  }

  takeTurn(): number {
    this.#strays = 0;
    const next = this.#hasRoom ? this.#unread[0] : undefined;
    if (next === undefined) return 1;
    const isLarge = this.#isLarge(next.data.length);
    // One at a time: whoever sends them without end gives its place away with each.
    if (isLarge && (this.#large > 0 || !this.#owner.conduct.largeFrames.enter(this))) return 1;
    this.#unread.shift();
    this.#released(next);
    this.#bytes -= next.data.length;
    this.#behindAt = this.#owner.conduct.monotonic();
    this.#take(next.data, next.at);
    if (isLarge) this.#leaveIfDone();
    this.#moved();
    return costOf(next.data.length);
  }

  /** A message that was read; it is worked off behind those before it. False: that was one too many. */
  put(message: Message): boolean {
    if (this.#isLarge(message.bytes)) this.#large += 1;
    this.#read.push(message);
    this.#bytes += message.bytes;
    return this.#isWithinLimits();
  }

  #released({ data }: Arrival): void {
    if (this.#isLarge(data.length)) this.#owner.conduct.largeFrames.release(data.length);
  }

  #isLarge(bytes: number): boolean {
    return bytes > this.#owner.conduct.limits.largeFrom;
  }

  /** The message was worked off. */
  done({ bytes }: Message): void {
    if (!this.#isLarge(bytes)) return;
    this.#large -= 1;
    this.#leaveIfDone();
    this.#askIfBehind();
  }

  #leaveIfDone(): void {
    if (this.#large === 0) this.#owner.conduct.largeFrames.leave(this);
  }

  /** The next message to be worked off. */
  next(): Message | undefined {
    const message = this.#read.shift();
    if (message === undefined) return undefined;
    this.#bytes -= message.bytes;
    this.#moved();
    return message;
  }

  #moved(): void {
    const { conduct, socket } = this.#owner;
    const { pauseAtMessages, pauseAtBytes } = conduct.limits;
    if (this.paused && this.length <= pauseAtMessages / 2 && this.#bytes <= pauseAtBytes / 2) {
      this.paused = false;
      this.#owner.aliveAt = conduct.monotonic(); // we did not listen: its silence was ours
      socket.resume();
    }
    this.#askIfBehind();
  }

  #askIfBehind(): void {
    if (this.#unread.length > 0 && this.#hasRoom) this.#owner.conduct.turns.ask(this);
  }

  #isWithinLimits(): boolean {
    const { limits } = this.#owner.conduct;
    if (this.length <= limits.maxWaitingMessages && this.#bytes <= limits.maxWaitingBytes) return true;
    this.#owner.close(1008, 'too many messages at once', 'flooding');
    return false;
  }

  pauseIfFull(): void {
    const { limits } = this.#owner.conduct;
    if (this.paused || (this.length < limits.pauseAtMessages && this.#bytes < limits.pauseAtBytes)) return;
    this.paused = true;
    this.#owner.socket.pause();
  }

  /** All but the one in work. */
  forget(): void {
    this.#large -= this.#read.filter(({ bytes }) => this.#isLarge(bytes)).length;
    for (const each of this.#unread) this.#released(each);
    this.#unread = [];
    this.#read = [];
    this.#bytes = 0;
    this.#leaveIfDone();
  }
}
