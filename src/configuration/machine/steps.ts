/** How a change goes on: which command is next, and how it ends. Pure. */
import type { Effect, Step } from '../../ingest/contract.ts';
import type { ConfigurationInput } from '../../ingest/inputs.ts';
import type { Call, Change, ConfigurationState, Item, Words } from '../types.ts';
import { isSame, MAX_KEYS } from './settings.ts';

export type Next = Step<ConfigurationState>;
export type Context = {
  readonly words: Words;
  /** The id of the command with which this change takes this step: always the same for the same step. */
  readonly commandIdOf: (changeId: string, step: number, now: Date) => string;
  readonly changeIdOf: (chargePointId: string, now: Date) => string;
  readonly now: Date;
};
type About = Pick<ConfigurationInput, 'chargePointId' | 'receivedAt'>;

const TIMEOUT_S = 30;
/** While it is not known how many keys may be asked for at once. */
const FEW_KEYS = 10;
const MANY_KEYS = 200;
/** Between two looks whether its sessions have ended. */
const IDLE_LOOK_MS = 15_000;

export const going = (state: ConfigurationState, change: Change, effects: readonly Effect[]): Next => ({
  state: { ...state, changes: new Map(state.changes).set(change.id, change) },
  effects,
});

/** With nothing under way: the next command, the next phase, or the end. */
export function proceed(state: ConfigurationState, about: About, change: Change, context: Context): Next {
  switch (change.phase) {
    case 'read':
      if (change.toRead === null || change.toRead.length > 0) return ask(state, about, change, context);
      if (change.kind === 'read') return finish(state, about, change, context);
      return proceed(
        state,
        about,
        { ...change, phase: 'change', items: change.items.map(unchangedIn(state)) },
        context,
      );
    case 'change': {
      if (change.items.some(({ outcome }) => outcome === 'pending')) return ask(state, about, change, context);
      const toRead = change.items.filter((item) => isTaken(item) && item.value !== null).map(({ key }) => key);
      return proceed(state, about, { ...change, phase: 'read_back', toRead }, context);
    }
    case 'read_back': {
      if (change.toRead !== null && change.toRead.length > 0) return ask(state, about, change, context);
      const read = { ...change, items: change.items.map(readBackIn(state, change)) };
      const wantsReboot =
        change.reboot !== 'never' && change.items.some(({ outcome }) => outcome === 'reboot_required');
      return wantsReboot
        ? proceed(state, about, { ...read, phase: 'reboot' }, context)
        : finish(state, about, read, context);
    }
    case 'reboot': {
      if (change.reboot === 'now' || state.openSessions === 0) return ask(state, about, change, context);
      const look = Math.min(context.now.getTime() + IDLE_LOOK_MS, change.expiresAt.getTime());
      return going(state, { ...change, dueAt: new Date(look) }, []);
    }
    case 'done':
      return going(state, change, []);
  }
}

const isTaken = ({ outcome }: Item): boolean => outcome === 'accepted' || outcome === 'reboot_required';
const unchangedIn =
  ({ settings }: ConfigurationState) =>
  (item: Item): Item => {
    const value = settings.get(item.key)?.value ?? null;
    return item.value !== null && value !== null && isSame(value, item.value)
      ? { ...item, outcome: 'unchanged', readBack: value }
      : item;
  };
const readBackIn =
  ({ settings }: ConfigurationState, { createdAt }: Change) =>
  (item: Item): Item => {
    const setting = settings.get(item.key);
    if (!isTaken(item) || item.value === null || setting === undefined || setting.fetchedAt < createdAt) return item;
    const { value } = setting;
    // What takes a reboot may still show as it was.
    const mismatch = item.outcome === 'accepted' && (value === null || !isSame(value, item.value));
    return { ...item, readBack: value, mismatch };
  };

/** Asks the charger; also once more for the same. */
export function ask(state: ConfigurationState, about: About, change: Change, context: Context): Next {
  const { call, sealed } = callOf(state, change, context.words);
  if (call === undefined) return fail(state, about, change, 'It cannot be said in its version of OCPP', context);
  const commandId = context.commandIdOf(change.id, change.steps, context.now);
  const { chargePointId, receivedAt } = about;
  const input = {
    room: 'commands',
    type: 'requested',
    chargePointId,
    receivedAt,
    commandId,
    action: call.action,
    payload: { ...call.payload },
    timeoutS: TIMEOUT_S,
    requestedBy: 'system',
    expiresAt: change.expiresAt,
    silent: true,
    askedBy: 'configuration',
    ...(sealed !== null && { sealed }),
  } as const;
  const next = { ...change, commandId, steps: change.steps + 1, tries: change.tries + 1, dueAt: change.expiresAt };
  return going(state, next, [{ do: 'feed', input }]);
}

type Question = { readonly call: Call | undefined; readonly sealed: string | null };

function callOf(state: ConfigurationState, change: Change, words: Words): Question {
  const { protocol } = state;
  const nothing: Question = { call: undefined, sealed: null };
  if (protocol === null) return nothing;
  switch (change.phase) {
    case 'read':
    case 'read_back':
      return { call: words.read(protocol, keysNow(state, change.toRead)), sealed: null };
    case 'change': {
      const item = change.items.find(({ outcome }) => outcome === 'pending');
      if (item === undefined) return nothing;
      return { call: words.change(protocol, item.key, item.value ?? '***'), sealed: item.sealed };
    }
    case 'reboot':
      return { call: words.reboot(protocol), sealed: null };
    case 'done':
      return nothing;
  }
}

/** As many as may be asked for at once; when that is not known yet, this is asked first. */
function keysNow({ settings }: ConfigurationState, toRead: readonly string[] | null): readonly string[] | undefined {
  if (toRead === null) return undefined;
  const told = settings.get(MAX_KEYS);
  if (toRead.length > 1 && told === undefined) return [MAX_KEYS];
  const most = Number(told?.value ?? Number.NaN);
  return toRead.slice(0, Number.isInteger(most) && most > 0 ? Math.min(most, MANY_KEYS) : FEW_KEYS);
}

export function finish(state: ConfigurationState, about: About, change: Change, { now }: Context): Next {
  return end(state, about, { ...change, status: 'completed', phase: 'done' }, now);
}

/** What was not done is not done. What was, stays as it was told. */
export function fail(state: ConfigurationState, about: About, change: Change, error: string, { now }: Context): Next {
  const items = change.items.map(
    (item): Item => (item.outcome === 'pending' ? { ...item, outcome: 'failed', error, sealed: null } : item),
  );
  return end(state, about, { ...change, items, status: 'failed', phase: 'done', error }, now);
}

function end(state: ConfigurationState, { chargePointId }: About, change: Change, now: Date): Next {
  const { waitingNode: nodeId } = change;
  const ended = { ...change, commandId: null, dueAt: null, completedAt: now };
  return going(state, ended, [{ do: 'wake', wake: { wake: 'commands', chargePointId, nodeId } }]);
}
