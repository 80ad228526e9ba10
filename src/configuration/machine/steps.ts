/** How a change goes on: which command is next, and how it ends. Pure. */
import type { Effect, Step } from '../../ingest/contract.ts';
import type { ConfigurationInput } from '../../ingest/inputs.ts';
import type { Call, Change, ConfigurationState, Item, Words } from '../types.ts';
import { fitting, limitsToAsk } from './limits.ts';
import { isSame } from './settings.ts';

export type Next = Step<ConfigurationState>;
export type Context = {
  readonly words: Words;
  /** The id of the command with which this change takes this step: always the same for the same step. */
  readonly commandIdOf: (changeId: string, step: number, now: Date) => string;
  readonly changeIdOf: (chargePointId: string, now: Date) => string;
  readonly now: Date;
};
type About = Pick<ConfigurationInput, 'chargePointId' | 'receivedAt'>;

export const MOST_TRIES = 3;
export const NOT_BOOTED = 'The charger did not answer the request to reboot, and has not booted since';
const TIMEOUT_S = 30;
/** Between two looks whether it is there, and its sessions have ended. */
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
      if (change.tries >= MOST_TRIES) return fail(state, about, change, NOT_BOOTED, context);
      const mayAsk = state.connected && (change.reboot === 'now' || state.openSessions === 0);
      if (mayAsk) return ask(state, about, change, context);
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
  if (change.phase === 'read' && change.toRead === null && state.protocol !== null && state.protocol !== 'ocpp1.6') {
    return askForReport(state, about, change);
  }
  const { call, sealed, asked } = callOf(state, change, context.words);
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
    // A Reset that waited for its charger would come after its boot, when a session may run.
    expiresAt: change.phase === 'reboot' ? undefined : change.expiresAt,
    silent: true,
    askedBy: 'configuration',
    ...(sealed !== null && { sealed }),
  } as const;
  const items = change.items.map((item) => marked(item, asked.includes(item)));
  const steps = change.steps + 1;
  const next = { ...change, items, commandId, steps, tries: change.tries + 1, dueAt: change.expiresAt };
  return going(state, next, [{ do: 'feed', input }]);
}

const marked = (item: Item, asked: boolean): Item => ((item.asked ?? false) === asked ? item : { ...item, asked });

/** 2.0.1 B07: all that can be set is not read but reported, in parts of its own; the device model puts them together. */
function askForReport(state: ConfigurationState, { chargePointId, receivedAt }: About, change: Change): Next {
  const { id: changeId, expiresAt } = change;
  const wish = { type: 'configuration_wanted', changeId, expiresAt } as const;
  return going(state, { ...change, commandId: null, dueAt: expiresAt }, [
    { do: 'feed', input: { room: 'device_model', chargePointId, receivedAt, ...wish } },
  ]);
}

type Question = { readonly call: Call | undefined; readonly sealed: string | null; readonly asked: readonly Item[] };

function callOf(state: ConfigurationState, change: Change, words: Words): Question {
  const { protocol, settings } = state;
  const only = (call: Call | undefined): Question => ({ call, sealed: null, asked: [] });
  if (protocol === null) return only(undefined);
  switch (change.phase) {
    case 'read':
    case 'read_back': {
      const { toRead } = change;
      if (toRead === null) return only(words.read(protocol, undefined));
      const limits = limitsToAsk(protocol, settings, 'read', toRead.length);
      if (limits.length > 0) return only(words.read(protocol, limits));
      const read = (keys: readonly string[]) => words.read(protocol, keys);
      return only(read(fitting({ protocol, settings, doing: 'read' }, toRead, read)));
    }
    case 'change': {
      const pending = change.items.filter(({ outcome }) => outcome === 'pending');
      const limits = limitsToAsk(protocol, settings, 'change', pending.length);
      if (limits.length > 0) return only(words.read(protocol, limits));
      const set = (items: readonly Item[]) =>
        words.change(
          protocol,
          items.map(({ key, value }) => ({ key, value: value ?? '***' })),
        );
      const [first] = pending;
      // A secret is sealed by itself, and travels alone.
      const secret = pending.findIndex(({ sealed }) => sealed !== null);
      const open = secret === -1 ? pending : pending.slice(0, Math.max(secret, 1));
      const asked = fitting({ protocol, settings, doing: 'change' }, open, set);
      return { call: set(asked), sealed: first?.sealed ?? null, asked };
    }
    case 'reboot':
      return only(words.reboot(protocol));
    case 'done':
      return only(undefined);
  }
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
