/**
 * One transaction for many charge points: lock → load → decide → save → events, wave by wave (docs/decisions/002-ingest.md).
 * It must never decide anything itself, and never touch what was not locked.
 */
import type { Database, Tx } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import type { EmittedEvent, EventWriter, Participant, PreparedWriter, Root, Wake } from './contract.ts';
import type { Input, RoomName } from './inputs.ts';
import { type Locked, lockRoots } from './store.ts';

/** A participant whose state type only it knows. */
export type AnyParticipant = Participant<unknown, Input>;
export type Outcome = { readonly reply: unknown } | { readonly missing: AppError };

export type BatchNeeds = {
  readonly db: Pick<Database, 'transaction'>;
  readonly participants: ReadonlyMap<RoomName, AnyParticipant>;
  readonly eventWriter: EventWriter;
  readonly now: () => Date;
  /** Something was ignored by a machine, by name. */
  readonly onIgnored: (room: RoomName, type: string, why: string) => void;
};

/** An input as it was handed in, and the trace that it belongs to. */
export type Submitted = { readonly input: Input; readonly traceId: string };
type Entry = { readonly root: Root; readonly input: Input; readonly origin: number };
type Held = { readonly before: unknown; after: unknown };

/** A feed may feed again; more waves than this is a circle between machines. */
const MAX_WAVES = 8;

export type Committed = { readonly outcomes: readonly Outcome[]; readonly wakes: readonly Wake[]; afterCommit(): void };

/** At most one input per charge point. Throws what the database or a machine threw; then nothing of the batch has happened. */
export async function runBatch(
  needs: BatchNeeds,
  submitted: readonly Submitted[],
  /** All is decided and sent; only the disk is waited for. */
  onDecided: () => void = () => {},
): Promise<Committed> {
  const inputs = submitted.map(({ input }) => input);
  return needs.db.transaction(async (tx) => {
    // The lock, who wants to hear of it, and what the inputs need: sent together, in this order.
    const chargePointIds = inputs.map((input) => input.chargePointId);
    const locking = lockRoots(tx, chargePointIds);
    const work = new Work(needs, tx, submitted, needs.eventWriter.prepare(tx, chargePointIds));
    const loading = work.load(inputs);
    const [locked] = await Promise.all([locking, loading]);
    let wave: Entry[] = [];
    inputs.forEach((input, origin) => {
      const known = locked.get(input.chargePointId);
      // It changed hands after its owner was asked for (src/handovers): whoever asked has no say any more.
      const isAnothers = input.onlyFor !== undefined && known?.root.organizationId !== input.onlyFor;
      if (known === undefined || isAnothers) work.missing(origin, input.chargePointId);
      else wave.push({ root: work.hold(known), input, origin });
    });
    for (let depth = 0; wave.length > 0; depth += 1) {
      if (depth >= MAX_WAVES)
        throw new Error(`inputs feed each other in a circle: ${wave[0]?.input.room}.${wave[0]?.input.type}`);
      if (depth > 0) await work.load(wave.map(({ input }) => input));
      wave = work.decideWave(wave);
    }
    const saved = await work.save();
    onDecided();
    return saved;
  });
}

/** What one batch has gathered. Lives as long as its transaction. */
class Work {
  readonly #needs: BatchNeeds;
  readonly #tx: Tx;
  readonly #writer: PreparedWriter;
  readonly #held = new Map<RoomName, Map<string, Held>>();
  readonly #roots = new Map<string, Root>();
  readonly #sequences = new Map<string, number>();
  readonly #events: EmittedEvent[] = [];
  readonly #wakes: Wake[] = [];
  readonly #outcomes: Outcome[];
  readonly #submitted: readonly Submitted[];

  constructor(needs: BatchNeeds, tx: Tx, submitted: readonly Submitted[], writer: PreparedWriter) {
    this.#needs = needs;
    this.#tx = tx;
    this.#writer = writer;
    this.#submitted = submitted;
    this.#outcomes = new Array<Outcome>(submitted.length).fill({ reply: undefined });
  }

  /** This charge point's row is locked by this transaction. */
  hold({ root, lastSequence }: Locked): Root {
    this.#roots.set(root.chargePointId, root);
    this.#sequences.set(root.chargePointId, lastSequence);
    return root;
  }

  missing(origin: number, chargePointId: string): void {
    this.#outcomes[origin] = { missing: new AppError('not_found', `Charge point ${chargePointId} does not exist`) };
  }

  /** Decides every entry in order, returns what was fed. */
  decideWave(wave: readonly Entry[]): Entry[] {
    const now = this.#needs.now();
    const fed: Entry[] = [];
    for (const { root, input, origin } of wave) {
      const held = this.#holdings(input.room).get(root.chargePointId);
      if (held?.after === undefined) throw new Error(`${input.room} loaded no state for ${root.chargePointId}`);
      const { traceId = '' } = this.#submitted[origin] ?? {};
      const step = this.#participant(input.room).decide(held.after, input, { root, now, traceId });
      held.after = step.state;
      if (step.ignored !== undefined) this.#needs.onIgnored(input.room, input.type, step.ignored);
      for (const effect of step.effects) {
        switch (effect.do) {
          case 'emit':
            this.#events.push({
              root: effect.siteId === undefined ? root : { ...root, siteId: effect.siteId },
              event: effect.event,
              sequence: this.#nextSequence(root),
              traceId,
            });
            break;
          case 'feed':
            fed.push({ root, input: effect.input, origin });
            break;
          case 'reply':
            this.#outcomes[origin] = { reply: effect.value };
            break;
          case 'wake':
            this.#wakes.push(effect.wake);
            break;
        }
      }
    }
    return fed;
  }

  /** Statements of different rooms do not wait for each other's answers: they travel together on one connection. */
  async save(): Promise<Committed> {
    const saves: Promise<unknown>[] = [];
    for (const [room, holdings] of this.#held) {
      const changed: { root: Root; before: unknown; after: unknown }[] = [];
      for (const [chargePointId, { before, after }] of holdings) {
        const root = this.#roots.get(chargePointId);
        if (after !== before && root !== undefined) changed.push({ root, before, after });
      }
      if (changed.length > 0) saves.push(this.#participant(room).save(this.#tx, changed));
    }
    const writing = this.#events.length > 0 ? this.#writer.write(this.#events) : undefined;
    const [written] = await Promise.all([writing, ...saves]);
    return { outcomes: this.#outcomes, wakes: this.#wakes, afterCommit: () => written?.committed() };
  }

  /** What these inputs need, and what they will probably feed, as far as it is not held yet. */
  async load(inputs: readonly Input[]): Promise<void> {
    const wanted = new Map<RoomName, Input[]>();
    const want = (input: Input, depth: number): void => {
      if (!this.#holdings(input.room).has(input.chargePointId)) {
        const some = wanted.get(input.room);
        if (some === undefined) wanted.set(input.room, [input]);
        else some.push(input);
      } // else it is decided on the state at hand
      if (depth === MAX_WAVES) return;
      for (const next of this.#participant(input.room).foresee?.(input) ?? []) want(next, depth + 1);
    };
    for (const input of inputs) want(input, 1);
    await Promise.all(
      [...wanted].map(async ([room, some]) => {
        const holdings = this.#holdings(room);
        const loaded = await this.#participant(room).load(this.#tx, some);
        for (const { chargePointId } of some) {
          const state = loaded.get(chargePointId);
          holdings.set(chargePointId, { before: state, after: state });
        }
      }),
    );
  }

  #nextSequence({ chargePointId }: Root): number {
    const sequence = (this.#sequences.get(chargePointId) ?? 0) + 1;
    this.#sequences.set(chargePointId, sequence);
    return sequence;
  }

  #holdings(room: RoomName): Map<string, Held> {
    let holdings = this.#held.get(room);
    if (holdings === undefined) {
      holdings = new Map();
      this.#held.set(room, holdings);
    }
    return holdings;
  }

  #participant(room: RoomName): AnyParticipant {
    const participant = this.#needs.participants.get(room);
    if (participant === undefined) throw new Error(`no room takes part as ${room}`);
    return participant;
  }
}
