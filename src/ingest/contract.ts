/**
 * The contract by which a room takes part in the one door for every change (docs/decisions/002-ingest.md).
 * Types, and one patience. The engine is in engine.ts and knows no room; src/app.ts hands it the participants.
 */
import type { Tx } from '../database/contract.ts';
import type { DomainEventInput } from '../events/index.ts';
import type { Input, RoomName } from './inputs.ts';

/**
 * The charge point that an input belongs to, locked for the length of the transaction. What belongs to no single charge point
 * has its organization as root: then both ids are the organization's, and number and identity say nothing.
 */
export type Root = {
  readonly chargePointId: string;
  readonly number: number;
  readonly identity: string;
  readonly organizationId: string;
  readonly siteId: string | null;
  /** It was of another organization before, so that what it tells may be of that one's time. */
  readonly handedOver?: boolean;
};

/** What happens outside of the transaction, after its commit. It may be lost: it only wakes somebody who then reads the database. */
export type Wake =
  /** A command waits for this charge point, or has ended. `nodeId`: another process that it concerns besides this one. */
  | { readonly wake: 'commands'; readonly chargePointId: string; readonly nodeId?: string | null }
  /** The cost of a session that has ended is to be computed anew from its recordings. */
  | { readonly wake: 'repricing'; readonly chargePointId: string }
  /** The next step of synchronizing its local list can be taken at once. */
  | { readonly wake: 'local_list'; readonly chargePointId: string }
  /**
   * Its record, key or profile changed, it was deleted, or it connected elsewhere: look again whether its socket may stay.
   * `nodeId`: the one process that it concerns; absent: all.
   */
  | { readonly wake: 'connection'; readonly chargePointId: string; readonly nodeId?: string };

export type Effect =
  /** A domain event and its deliveries, in this transaction. `siteId`: instead of the root's, for filters of endpoints. */
  | { readonly do: 'emit'; readonly event: DomainEventInput; readonly siteId?: string | null }
  /** An input to another room for the same charge point, in this transaction, in the next wave. */
  | { readonly do: 'feed'; readonly input: Input }
  /** What submit() resolves with, after the commit. The last one wins. */
  | { readonly do: 'reply'; readonly value: unknown }
  | { readonly do: 'wake'; readonly wake: Wake };

export type Step<State> = {
  readonly state: State;
  readonly effects: readonly Effect[];
  /** Why nothing moved, by name: duplicate, late, unknown, … Counted, never thrown. */
  readonly ignored?: string;
};

/** `traceId`: of the input that was handed in, for all that it feeds. */
export type DecideContext = { readonly root: Root; readonly now: Date; readonly traceId: string };

/**
 * State is what the room holds of ONE charge point for these inputs; the engine keeps one copy per charge point and batch.
 * `decide` is the room's pure machine. load and save are one or a few UNNEST statements for all charge points together.
 */
export type Participant<State, I extends Input> = {
  readonly room: RoomName;
  /**
   * By charge point id, everything that decide needs for these inputs. Missing rows: an empty state, never a missing key.
   * It is called before the lock has been answered, and must send its statements at once: they travel behind the lock, so they
   * see what was committed while it was waited for. A charge point that turns out not to exist is dropped afterwards.
   */
  load(tx: Tx, inputs: readonly I[]): Promise<Map<string, State>>;
  /**
   * What this input will probably feed, as far as the loads of those rooms look at it: they travel with this room's own instead
   * of a wave later. Only a guess: what is fed unforeseen is loaded then. Never decided on, so it may take the best for granted.
   */
  foresee?(input: I): readonly Input[];
  /** Same state object returned = nothing to save. */
  decide(state: State, input: I, context: DecideContext): Step<State>;
  save(
    tx: Tx,
    changed: readonly { readonly root: Root; readonly before: State; readonly after: State }[],
  ): Promise<void>;
};

/** Of whoever is told when it was in vain, or asks again by himself: people, and jobs. */
export const PATIENCE_MS = 10_000;

export type SubmitOptions = {
  /** So long it waits, by a timer of this process; default: without limit, as what a charger says must not be lost. */
  readonly patienceMs?: number | undefined;
  /** Of the message or request that it comes of (platform/trace.ts); default: a trace of its own. */
  readonly traceId?: string | undefined;
};

/** submit() rejects with this when the charge point does not exist (any more). */
export type Ingest = {
  /**
   * Hands an input in; resolves after its commit with the value of its `reply` effect (undefined if none).
   * Inputs of one charge point are decided in the order they were handed in, one after the other with all they feed.
   * While the database is away it waits, at most `patienceMs`; then AppError 'unavailable'.
   */
  submit(input: Input, options?: SubmitOptions): Promise<unknown>;
};

/**
 * submit() for what somebody asks for. Between the look at whose charge point it is and the lock it may change hands, so the input says
 * for whom it is: `Common.onlyFor`.
 */
export type SubmitFor = (input: Input & { readonly onlyFor: string }, options?: SubmitOptions) => Promise<unknown>;

/** `sequence`: one more than the event before it of the same charge point. */
export type EmittedEvent = {
  readonly root: Root;
  readonly event: DomainEventInput;
  readonly sequence: number;
  readonly traceId: string;
};

/** Writes events and their deliveries in the transaction that caused them. Implemented by src/webhooks/event-writer.ts. */
export type EventWriter = {
  /** Asks at the beginning of a transaction who wants to hear of these charge points; its statement travels with the lock. */
  prepare(tx: Tx, chargePointIds: readonly string[]): PreparedWriter;
};
export type PreparedWriter = {
  write(events: readonly EmittedEvent[]): Promise<{
    /** Called right after the commit: hands what was born leased to the dispatcher. */
    committed(): void;
  }>;
};
