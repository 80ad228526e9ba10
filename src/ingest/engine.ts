/**
 * The one door for every change: what gathers while a transaction is in flight goes into the next one. It answers only after
 * the commit, and while the database is away it answers nobody. A charge point is never in two transactions at once.
 */
import type { IsTransient } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import { newTraceId } from '../platform/trace.ts';
import { type AnyParticipant, type BatchNeeds, type Committed, type Outcome, runBatch } from './batch.ts';
import type { EventWriter, Ingest, Participant, Wake } from './contract.ts';
import type { Input, RoomName } from './inputs.ts';

export type IngestMetrics = {
  batch(size: number, seconds: number): void;
  retried(): void;
  poisoned(room: RoomName, type: string): void;
  ignored(room: RoomName, type: string, why: string): void;
};
type Log = { warn(fields: object, message: string): void; error(fields: object, message: string): void };

export type IngestOptions = {
  readonly db: BatchNeeds['db'];
  readonly participants: readonly AnyParticipant[];
  readonly eventWriter: EventWriter;
  readonly isTransient: IsTransient;
  readonly onWake: (wake: Wake) => void;
  readonly now: () => Date;
  readonly log: Log;
  readonly metrics: IngestMetrics;
  /** Transactions side by side, at most. */
  readonly lanes: number;
  readonly maxBatch?: number;
  /** Inputs that may wait in all; beyond, submit rejects with 'unavailable'. Chargers' own queues are bounded before this. */
  readonly capacity?: number;
};

export type RunningIngest = Ingest & {
  /** Inputs that wait or are in a transaction. */
  waiting(): number;
  /** The database has taken no transaction for a while, for a reason that passes: what waits is being tried again. */
  isRefused(): boolean;
  /** Takes nothing more, finishes what is in hand for at most `withinMs`, then lets go of the rest unanswered. */
  stop(withinMs: number): Promise<void>;
};

type Pending = {
  readonly input: Input;
  readonly traceId: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
  readonly timer: NodeJS.Timeout | undefined;
  settled: boolean;
};

/**
 * The inputs of one charge point that wait, in their order; what ran out of time leaves. It lasts while it is ready or one of
 * its inputs is in a transaction.
 */
type Line = { readonly chargePointId: string; readonly waiting: Pending[] };

const RETRY_MS = [50, 100, 250, 500, 1000];
/** A deadlock is over when it is tried again; what lasts longer is worth telling. */
const REFUSED_MS = 500;
/**
 * One large transaction costs far less than two small ones, so a second begins only for so many charge points, or when the
 * first has taken so long that something holds it up (docs/performance.md).
 */
const SECOND_AT = 128;
const SLOW_MS = 100;
/**
 * While a transaction only waits for the disk, a small one may begin beside it: with few chargers waiting that halves their
 * waiting; with many, larger transactions are worth more.
 */
const BESIDE_COMMIT_BELOW = 32;

/** Gives a typed participant the type that the engine keeps; the engine only ever hands it its own room's inputs. */
export const participant = <State, I extends Input>(of: Participant<State, I>): AnyParticipant =>
  of as unknown as AnyParticipant;

export function createIngest(options: IngestOptions): RunningIngest {
  const { isTransient, log, metrics, maxBatch = 256, capacity = 100_000 } = options;
  const needs: BatchNeeds = {
    db: options.db,
    participants: new Map(options.participants.map((each) => [each.room, each])),
    eventWriter: options.eventWriter,
    now: options.now,
    onIgnored: metrics.ignored,
  };
  const lines = new Map<string, Line>();
  /** Lines that have nothing in a transaction. Whatever waited in them may have run out of time. */
  let ready: Line[] = [];
  let inFlight = 0;
  /** Of those in flight, the ones that are not decided yet. */
  let deciding = 0;
  let lastBegun = 0;
  let look: NodeJS.Timeout | undefined;
  let waiting = 0;
  let refusedSince: number | undefined;
  let stopping = false;
  let abandoned = false;
  const idlers: (() => void)[] = [];

  function settle(pending: Pending, how: () => void): void {
    if (pending.settled) return;
    pending.settled = true;
    if (pending.timer !== undefined) clearTimeout(pending.timer);
    waiting -= 1;
    how();
    if (waiting === 0) for (const done of idlers.splice(0)) done();
  }

  /** Begins as many transactions as make sense now. */
  function begin(): void {
    while (inFlight < options.lanes && ready.length > 0 && !abandoned) {
      const mayJoin = deciding === 0 && ready.length < BESIDE_COMMIT_BELOW;
      if (inFlight > 0 && !mayJoin && ready.length < SECOND_AT && performance.now() - lastBegun < SLOW_MS) {
        look ??= setTimeout(() => {
          look = undefined;
          begin();
        }, SLOW_MS);
        return;
      }
      const taken: Line[] = [];
      const batch: Pending[] = [];
      let looked = 0;
      for (const line of ready) {
        if (batch.length === maxBatch) break;
        looked += 1;
        const next = line.waiting.shift();
        if (next === undefined) lines.delete(line.chargePointId);
        else {
          taken.push(line);
          batch.push(next);
        }
      }
      ready = ready.slice(looked);
      if (batch.length === 0) continue;
      inFlight += 1;
      deciding += 1;
      lastBegun = performance.now();
      void run(taken, batch); // never rejects: every fault goes to the inputs it belongs to
    }
  }

  async function run(taken: readonly Line[], batch: readonly Pending[]): Promise<void> {
    let isDecided = false;
    const decided = (): void => {
      if (isDecided) return;
      isDecided = true;
      deciding -= 1;
      begin();
    };
    await commit(batch, decided);
    inFlight -= 1;
    if (!isDecided) deciding -= 1;
    for (const line of taken) {
      if (line.waiting.length > 0) ready.push(line);
      else lines.delete(line.chargePointId);
    }
    begin();
  }

  /** Commits a batch; on a fault of the database tries again until it is back, on any other fault finds the one to blame. */
  async function commit(batch: readonly Pending[], decided: () => void): Promise<void> {
    for (let attempt = 0; !abandoned; attempt += 1) {
      const live = batch.filter((pending) => !pending.settled);
      if (live.length === 0) {
        refusedSince = undefined; // nobody is left who tries
        return;
      }
      const startedAt = performance.now();
      let done: Committed;
      try {
        done = await runBatch(needs, live, decided);
      } catch (cause) {
        if (isTransient(cause)) {
          refusedSince ??= startedAt;
          if (attempt === 0 || attempt % 30 === 0)
            log.warn({ err: cause, inputs: live.length, attempt }, 'the database does not take changes: trying again');
          metrics.retried();
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]));
          continue;
        }
        const [only] = live;
        if (live.length === 1 && only !== undefined) {
          const { room, type, chargePointId } = only.input;
          metrics.poisoned(room, type);
          log.error({ err: cause, trace_id: only.traceId, room, type, chargePointId }, 'an input cannot be processed');
          settle(only, () => only.reject(cause));
          return;
        }
        const half = Math.ceil(live.length / 2);
        await commit(live.slice(0, half), decided);
        await commit(live.slice(half), decided);
        return;
      }
      refusedSince = undefined;
      metrics.batch(live.length, (performance.now() - startedAt) / 1000);
      live.forEach((pending, i) => {
        answer(pending, done.outcomes[i]);
      });
      try {
        done.afterCommit();
        for (const wake of done.wakes) options.onWake(wake);
      } catch (cause) {
        // What is committed stays committed: deliveries and commands are found again by their sweeps.
        log.error({ err: cause }, 'waking somebody after a commit failed');
      }
      return;
    }
  }

  function answer(pending: Pending, outcome: Outcome | undefined): void {
    settle(pending, () => {
      if (outcome !== undefined && 'missing' in outcome) pending.reject(outcome.missing);
      else pending.resolve(outcome?.reply);
    });
  }

  const unavailable = () =>
    new AppError('unavailable', 'The database cannot be reached at the moment; try again', { retryAfterS: 5 });

  return {
    submit: (input, { patienceMs, traceId = newTraceId() } = {}) =>
      new Promise((resolve, reject) => {
        if (stopping || waiting >= capacity) return reject(unavailable());
        const { chargePointId } = input;
        let line = lines.get(chargePointId);
        if (line === undefined) {
          line = { chargePointId, waiting: [] };
          lines.set(chargePointId, line);
          ready.push(line);
          if (ready.length === 1 || ready.length >= SECOND_AT) setImmediate(begin);
        }
        const inLine = line.waiting;
        const pending: Pending = {
          input,
          traceId,
          resolve,
          reject,
          settled: false,
          timer:
            patienceMs === undefined
              ? undefined
              : setTimeout(() => {
                  const place = inLine.indexOf(pending);
                  if (place >= 0) inLine.splice(place, 1); // else a transaction has it
                  settle(pending, () => reject(unavailable()));
                }, patienceMs),
        };
        waiting += 1;
        inLine.push(pending);
      }),
    waiting: () => waiting,
    isRefused: () => refusedSince !== undefined && performance.now() - refusedSince >= REFUSED_MS,
    async stop(withinMs) {
      stopping = true;
      if (waiting > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs);
          idlers.push(() => {
            clearTimeout(timer);
            resolve();
          });
        });
      }
      abandoned = true;
      clearTimeout(look);
    },
  };
}
