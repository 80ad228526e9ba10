/**
 * One transaction for many charge points: lock → load → decide → save → events, wave by wave (docs/decisions/002-ingest.md).
 * It must never decide anything itself, and never touch what was not locked.
 */
import type { Database, Tx } from '../database/contract.ts';
import type { DomainEventInput } from '../events/index.ts';
import { AppError } from '../platform/errors.ts';
import type { EventWriter, Participant, Root, Wake } from './contract.ts';
import type { Input, RoomName } from './inputs.ts';
import { lockRoots } from './store.ts';

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

type Entry = { readonly root: Root; readonly input: Input; readonly origin: number };
type Held = { readonly root: Root; readonly before: unknown; after: unknown };

/** A feed may feed again; more waves than this is a circle between machines. */
const MAX_WAVES = 8;

export type Committed = { readonly outcomes: readonly Outcome[]; readonly wakes: readonly Wake[]; afterCommit(): void };

/** At most one input per charge point. Throws what the database or a machine threw; then nothing of the batch has happened. */
export async function runBatch(
  needs: BatchNeeds,
  inputs: readonly Input[],
  /** All is decided and sent; only the disk is waited for. */
  onDecided: () => void = () => {},
): Promise<Committed> {
  return needs.db.transaction(async (tx) => {
    const roots = await lockRoots(
      tx,
      inputs.map((input) => input.chargePointId),
    );
    const work = new Work(needs, tx, inputs.length);
    let wave: Entry[] = [];
    inputs.forEach((input, origin) => {
      const root = roots.get(input.chargePointId);
      if (root === undefined) work.missing(origin, input.chargePointId);
      else wave.push({ root, input, origin });
    });
    for (let depth = 0; wave.length > 0; depth += 1) {
      if (depth >= MAX_WAVES)
        throw new Error(`inputs feed each other in a circle: ${wave[0]?.input.room}.${wave[0]?.input.type}`);
      wave = await work.decideWave(wave);
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
  readonly #held = new Map<RoomName, Map<string, Held>>();
  readonly #events: { root: Root; event: DomainEventInput }[] = [];
  readonly #wakes: Wake[] = [];
  readonly #outcomes: Outcome[];

  constructor(needs: BatchNeeds, tx: Tx, size: number) {
    this.#needs = needs;
    this.#tx = tx;
    this.#outcomes = new Array<Outcome>(size).fill({ reply: undefined });
  }

  missing(origin: number, chargePointId: string): void {
    this.#outcomes[origin] = { missing: new AppError('not_found', `Charge point ${chargePointId} does not exist`) };
  }

  /** Loads what this wave needs and is not held yet, decides every entry in order, returns what was fed. */
  async decideWave(wave: readonly Entry[]): Promise<Entry[]> {
    await this.#load(wave);
    const now = this.#needs.now();
    const fed: Entry[] = [];
    for (const { root, input, origin } of wave) {
      const held = this.#holdings(input.room).get(root.chargePointId);
      if (held === undefined) throw new Error(`${input.room} loaded no state for ${root.chargePointId}`);
      const step = this.#participant(input.room).decide(held.after, input, { root, now });
      held.after = step.state;
      if (step.ignored !== undefined) this.#needs.onIgnored(input.room, input.type, step.ignored);
      for (const effect of step.effects) {
        switch (effect.do) {
          case 'emit':
            this.#events.push({ root, event: effect.event });
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
      const changed = [...holdings.values()].filter((held) => held.after !== held.before);
      if (changed.length > 0) saves.push(this.#participant(room).save(this.#tx, changed));
    }
    const writing = this.#events.length > 0 ? this.#needs.eventWriter.write(this.#tx, this.#events) : undefined;
    const [writer] = await Promise.all([writing, ...saves]);
    return { outcomes: this.#outcomes, wakes: this.#wakes, afterCommit: () => writer?.committed() };
  }

  async #load(wave: readonly Entry[]): Promise<void> {
    const wanted = new Map<RoomName, Entry[]>();
    for (const entry of wave) {
      if (this.#holdings(entry.input.room).has(entry.root.chargePointId)) continue; // decided on the state at hand
      const entries = wanted.get(entry.input.room);
      if (entries === undefined) wanted.set(entry.input.room, [entry]);
      else entries.push(entry);
    }
    await Promise.all(
      [...wanted].map(async ([room, entries]) => {
        const holdings = this.#holdings(room);
        const loaded = await this.#participant(room).load(this.#tx, entries);
        for (const { root } of entries) {
          const state = loaded.get(root.chargePointId);
          holdings.set(root.chargePointId, { root, before: state, after: state });
        }
      }),
    );
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
