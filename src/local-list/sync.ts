/** The jobs of the room: take the steps that are due, and begin synchronizations of lists that are out of date. */
import type { IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import { claimJob } from '../nodes/index.ts';
import { AppError } from '../platform/errors.ts';
import { tokenKey } from '../platform/token-key.ts';
import { createDesiredLists, type DesiredLists } from './desired.ts';
import { limitCalls } from './limit-calls.ts';
import { differences, nextMessage } from './plan.ts';
import {
  type Claimed,
  claimSteps,
  desiredEntries,
  heldEntries,
  type ListView,
  limitsOf,
  listOf,
  outdatedLists,
} from './sync-store.ts';
import { type SyncError, syncedAs } from './types.ts';

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: Ingest['submit'];
  readonly issue: IssueCommand;
  readonly now: () => Date;
};
type StepNeeds = Needs & { readonly desired: DesiredLists };

const AT_ONCE = 50;
/** Of the installation. Each that has something to be sent is three commands or more. */
const MOST_RUNNING = 200;
const STEP_MS = 120_000;
/** While the charger has not said how many it takes. */
const DEFAULT_PER_MESSAGE = 20;
const MOST_PER_MESSAGE = 500;
const MOST_MESSAGES = 2_000;

export function createListSyncs(needs: Needs & { readonly nodeId: string }) {
  const { db, submit, now, nodeId } = needs;
  const desired = createDesiredLists(db);
  return {
    /** Every second, and when somebody is woken. One at a time per charger: a step that is taken belongs to whoever pushed its time ahead. */
    async takeSteps(): Promise<void> {
      desired.tidy(now());
      for (let taken = AT_ONCE; taken === AT_ONCE; ) {
        const at = now();
        const claimed = await claimSteps(db, at, new Date(at.getTime() + STEP_MS), AT_ONCE);
        await Promise.all(claimed.map((list) => takeStep({ ...needs, desired }, list)));
        taken = claimed.length;
      }
    },
    /** Every two seconds, in one process of all: the steps are whoever's comes first. */
    async begin(): Promise<void> {
      const at = now();
      if (!(await claimJob(db, { name: 'local_list_syncs', nodeId, now: at, everyMs: 2_000 }))) return;
      const lists = await outdatedLists(db, at, MOST_RUNNING);
      const about = { room: 'local_lists', type: 'requested', mode: 'auto', requestedBy: 'system' } as const;
      await Promise.all(
        lists.map(({ chargePointId }) =>
          submit({ ...about, chargePointId, receivedAt: now() }, { patienceMs: PATIENCE_MS }),
        ),
      );
    },
  };
}

async function takeStep(needs: StepNeeds, { chargePointId, organizationId }: Claimed): Promise<void> {
  const list = await listOf(needs.db, organizationId, chargePointId);
  if (list === undefined || list.step === 'idle') return;
  try {
    if (list.step === 'configuration') {
      if (isKnown(list)) {
        const { message, ...about } = await next(needs, list);
        if (message === undefined) return await tell(needs, list, finishedAs(list, about));
      }
      const calls = limitCalls(list);
      // The charger gets one after the other, so that all have ended with the last.
      for (const [i, call] of calls.entries()) await ask(needs, list, call, i === calls.length - 1);
      if (calls.length > 0) return;
    }
    if (list.step !== 'sending') return await ask(needs, list, { do: 'local_list_version' });
    await send(needs, list);
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code === 'internal' || cause.code === 'unavailable') throw cause;
    const code = cause.code === 'charge_point_offline' ? 'offline' : 'failed';
    await tell(needs, list, { type: 'given_up', error: { code, message: cause.message } });
  }
}

/** What the charger holds need not be asked: it has said so, and nobody wants to hear it again. Most token changes are none of its. */
const isKnown = ({ mode, requestedBy, isChecked, version, contentVersion }: ListView): boolean =>
  mode === 'auto' && requestedBy === 'system' && isChecked && version !== null && version === contentVersion;

/** The message that is left to be sent; undefined: it holds what it should, which this is the hash of, and the first of it expires then. */
async function next({ db, desired, now }: StepNeeds, list: ListView) {
  const { hash, refreshAt, entries } = await desired.of(list, now());
  // most token changes are none of its: nothing is read to see that
  if (!list.needsFull && list.syncedHash === syncedAs(list, hash)) return { message: undefined, hash, refreshAt };
  const held = await heldEntries(db, list.chargePointId);
  const { perMessage = DEFAULT_PER_MESSAGE, bytes } = limitsOf(list);
  const most = Math.min(perMessage, MOST_PER_MESSAGE);
  const message = nextMessage(entries(), held, { isFull: list.needsFull, most, mostBytes: bytes });
  return { message, hash, refreshAt };
}

async function send(needs: StepNeeds, list: ListView): Promise<void> {
  const { message, ...about } = await next(needs, list);
  if (message === undefined) return tell(needs, list, finishedAs(list, about));
  if (list.sent >= MOST_MESSAGES) {
    const text = `The list was not complete after ${MOST_MESSAGES} messages`;
    return tell(needs, list, { type: 'given_up', error: { code: 'too_many_messages', message: text } });
  }
  const version = Math.max(list.version ?? 0, 0) + 1;
  await ask(needs, list, { do: 'send_local_list', version, ...message });
}

/** `decides`: the step waits for its end; what any other tells is learned all the same. */
async function ask(
  needs: Needs,
  list: ListView,
  command: Parameters<IssueCommand>[0]['command'],
  decides = true,
): Promise<void> {
  const { chargePointId, organizationId } = list;
  const receivedAt = needs.now();
  await needs.issue({
    ...{ organizationId, chargePointId, command, requestedBy: 'system' },
    ...(decides && {
      alongside: (commandId) => ({ room: 'local_lists', type: 'asked', chargePointId, receivedAt, commandId }),
    }),
  });
}

type Finished = {
  readonly type: 'finished';
  readonly revision: number;
  readonly siteId: string | null;
  readonly hash: string;
  readonly refreshAt: Date | null;
};
/** For what it was read for: what changed meanwhile makes it out of date. */
const finishedAs = ({ revision, siteId }: ListView, about: Pick<Finished, 'hash' | 'refreshAt'>): Finished => ({
  ...{ type: 'finished', revision, siteId },
  ...about,
});
type Telling = Finished | { readonly type: 'given_up'; readonly error: SyncError };
async function tell({ submit, now }: Needs, { chargePointId }: ListView, what: Telling): Promise<void> {
  await submit({ room: 'local_lists', chargePointId, receivedAt: now(), ...what }, { patienceMs: PATIENCE_MS });
}

/** `again`: entries that are removed first, because they are of another type, and then put. */
export type Gap = {
  readonly entries: number;
  readonly put: number;
  readonly removed: number;
  readonly again: number;
};

/** How far the charger is from what it should hold. */
export async function gapOf(db: Needs['db'], list: ListView, now: Date): Promise<Gap> {
  const [desired, held] = await Promise.all([desiredEntries(db, list, now), heldEntries(db, list.chargePointId)]);
  const { put, removed } = differences(desired, held);
  const wanted = new Set(desired.map(({ uid }) => tokenKey(uid)));
  const again = removed.filter(({ uid }) => wanted.has(tokenKey(uid))).length;
  return { entries: desired.length, put: put.length + again, removed: removed.length, again };
}
