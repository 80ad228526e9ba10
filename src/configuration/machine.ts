/**
 * The configuration machine: reads and changes the settings of a charger command by command, and knows what it last said. Pure.
 * All commands that it asks for, but Reset, may be repeated without harm; what was lost with a connection is asked again. It must
 * never hold a secret in the clear.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import type { CommandEnded, ConfigurationInput, ConfigurationReply } from '../ingest/inputs.ts';
import { foldedKey } from '../platform/variable-key.ts';
import { isLimit, keyFault, limitsToAsk, valueFault } from './machine/limits.ts';
import { learn } from './machine/settings.ts';
import { ask, type Context, fail, finish, going, MOST_TRIES, type Next, NOT_BOOTED, proceed } from './machine/steps.ts';
import type { Change, ConfigurationState, Item } from './types.ts';

export type { Context } from './machine/steps.ts';

type Input<T extends ConfigurationInput['type']> = Extract<ConfigurationInput, { type: T }>;
/** Of one charge point at once. */
const MOST_RUNNING = 5;
const BOOT_EXPIRY_MS = 3_600_000;
/** So long has a charger whose answer to Reset was lost to boot, before it is asked once more. */
const BOOTS_WITHIN_MS = 180_000;

export function decide(
  state: ConfigurationState,
  input: ConfigurationInput,
  context: Context,
): Step<ConfigurationState> {
  switch (input.type) {
    case 'requested':
      return requested(state, input, context);
    case 'command_ended':
      return commandEnded(state, input, context);
    case 'overdue':
      return overdue(state, input, context);
    case 'booted':
      return booted(state, input, context);
    case 'told':
      return told(state, input);
    case 'reported':
      return reported(state, input, context);
  }
}

const stay = (state: ConfigurationState, ignored: string, effects: readonly Effect[] = []) => ({
  state,
  effects,
  ignored,
});

function requested(state: ConfigurationState, input: Input<'requested'>, context: Context): Step<ConfigurationState> {
  const reply = (value: ConfigurationReply): Effect => ({ do: 'reply', value });
  if (state.changes.has(input.changeId)) return stay(state, 'duplicate', [reply({ started: true })]);
  if (state.protocol === null || (!state.connected && !input.mayWait)) {
    return stay(state, 'offline', [reply({ started: false, why: 'offline' })]);
  }
  if (state.changes.size >= MOST_RUNNING) {
    return stay(state, 'too_many', [reply({ started: false, why: 'too_many' })]);
  }
  const { state: next, effects } = begin(state, input, input.changeId, input, context);
  return { state: next, effects: [...effects, reply({ started: true })] };
}

/** Whoever was asked to reboot, and boots, has done it, whatever became of the answer. */
function booted(state: ConfigurationState, input: Input<'booted'>, context: Context): Step<ConfigurationState> {
  const asked = input.isTriggered === true ? [] : [...state.changes.values()].filter(wasAskedToReboot);
  let after = state;
  const effects: Effect[] = [];
  for (const change of asked) {
    const step = finish(after, input, { ...change, rebooted: true }, context);
    after = step.state;
    effects.push(...step.effects, ...withdrawn(change, input));
  }
  const step = lookedAfter(after, input, context);
  if (asked.length === 0) return step;
  return { state: step.state, effects: [...effects, ...step.effects] };
}
/** It booted by itself: what is still to be sent must not have it boot once more. */
const withdrawn = ({ commandId }: Change, { chargePointId, receivedAt }: Input<'booted'>): Effect[] =>
  commandId === null
    ? []
    : [
        {
          do: 'feed',
          input: { room: 'commands', type: 'cancel_requested', chargePointId, receivedAt, commandId, silent: true },
        },
      ];
const wasAskedToReboot = ({ phase, tries, dueAt }: Change): boolean =>
  phase === 'reboot' && tries > 0 && dueAt !== null;

/** Once per boot: read what templates name, set what has drifted. It never reboots a charger that has just booted. */
function lookedAfter(state: ConfigurationState, input: Input<'booted'>, context: Context): Step<ConfigurationState> {
  const wanted = Object.entries(state.atBoot).map(([key, value]) => ({ key, value, sealed: null }));
  if (wanted.length === 0) return stay(state, 'nothing');
  if (state.protocol === null || !state.isAccepted) return stay(state, 'not_accepted');
  if (state.changes.size >= MOST_RUNNING) return stay(state, 'too_many');
  const expiresAt = new Date(context.now.getTime() + BOOT_EXPIRY_MS);
  const asked = { kind: 'apply', wanted, reboot: 'never', expiresAt, requestedBy: 'system' } as const;
  return begin(state, input, context.changeIdOf(input.chargePointId, context.now), asked, context);
}

type Asked = Pick<
  Input<'requested'>,
  'kind' | 'keys' | 'wanted' | 'reboot' | 'expiresAt' | 'requestedBy' | 'waitingNode'
>;

function begin(
  state: ConfigurationState,
  about: ConfigurationInput,
  id: string,
  { kind, keys, wanted, reboot, expiresAt, requestedBy, waitingNode }: Asked,
  context: Context,
): Next {
  const items = wanted.map((each): Item => {
    const { outcome, error } = judged(state, each);
    return {
      ...each,
      sealed: outcome === 'pending' ? each.sealed : null,
      outcome,
      error,
      readBack: null,
      mismatch: false,
    };
  });
  const nameless = (keys ?? []).filter((key) => state.protocol !== null && keyFault(state.protocol, key) !== undefined);
  const readable = items.filter(({ outcome, value }) => outcome === 'pending' && value !== null).map(({ key }) => key);
  const change: Change = {
    id,
    kind,
    status: 'running',
    phase: kind === 'change' ? 'change' : 'read',
    toRead: kind === 'read' ? (keys?.filter((key) => !nameless.includes(key)) ?? null) : readable,
    items,
    reboot,
    rebooted: false,
    steps: 0,
    tries: 0,
    commandId: null,
    requestedBy,
    waitingNode: waitingNode ?? null,
    createdAt: context.now,
    expiresAt,
    dueAt: expiresAt,
    completedAt: null,
    error: null,
  };
  const unknown = { about: 'configuration_read', settings: [], unknown: nameless } as const;
  return proceed(nameless.length > 0 ? learn(state, unknown, context.now) : state, about, change, context);
}

/** What cannot even be said in the charger's version is not asked: the charger has no such setting. */
function judged(
  { protocol }: ConfigurationState,
  { key, value }: Asked['wanted'][number],
): Pick<Item, 'outcome' | 'error'> {
  const unknown = protocol === null ? undefined : keyFault(protocol, key);
  if (unknown !== undefined) return { outcome: 'not_supported', error: `The name ${unknown}` };
  const long = protocol === null || value === null ? undefined : valueFault(protocol, value);
  return long === undefined ? { outcome: 'pending', error: null } : { outcome: 'rejected', error: `The value ${long}` };
}

/** Whoever asked: what the charger said of its settings is kept. A change that waits for this command goes on. */
function commandEnded(
  state: ConfigurationState,
  input: Input<'command_ended'>,
  context: Context,
): Step<ConfigurationState> {
  const after = learn(state, input.learned, input.receivedAt);
  const change = [...after.changes.values()].find(({ commandId }) => commandId === input.commandId);
  if (change === undefined) return after === state ? stay(state, 'nobody_waits') : { state: after, effects: [] };
  const free: Change = { ...change, commandId: null };
  if (change.dueAt === null) return { state: after, effects: [] };
  switch (input.status) {
    case 'accepted':
    case 'rejected': {
      const limits = limitsAsked(state, change);
      if (limits.length === 0) return answered(after, input, free, context);
      const unknown = limits.filter((key) => !after.settings.has(key));
      const said = { about: 'configuration_read', settings: [], unknown } as const;
      return proceed(learn(after, said, input.receivedAt), input, { ...free, tries: 0 }, context);
    }
    case 'cancelled':
      return fail(after, input, free, 'One of its commands was cancelled', context);
    case 'failed':
    case 'timed_out': {
      const why = input.why ?? 'The charger did not answer';
      if (free.phase === 'reboot' && input.isUnanswered === true) return perhapsReboots(after, change, context.now);
      if (free.tries >= MOST_TRIES) return fail(after, input, free, why, context);
      return free.phase === 'reboot' ? proceed(after, input, free, context) : ask(after, input, free, context);
    }
  }
}

/** Its answer may still come, and so may its boot: both end the change. */
function perhapsReboots(state: ConfigurationState, change: Change, now: Date): Next {
  const look = Math.min(now.getTime() + BOOTS_WITHIN_MS, change.expiresAt.getTime());
  return going(state, { ...change, dueAt: new Date(look) }, []);
}

/** How much may be asked at once: the command was about that, and not about what is wanted. */
function limitsAsked({ protocol, settings }: ConfigurationState, { phase, toRead, items }: Change): readonly string[] {
  if (protocol === null) return [];
  if (phase === 'read' || phase === 'read_back') return limitsToAsk(protocol, settings, 'read', toRead?.length ?? 0);
  if (phase !== 'change' || items.some(({ asked }) => asked === true)) return [];
  return limitsToAsk(protocol, settings, 'change', items.filter(({ outcome }) => outcome === 'pending').length);
}

function answered(
  state: ConfigurationState,
  input: CommandEnded & ConfigurationInput,
  change: Change,
  context: Context,
): Next {
  const next = { ...change, tries: 0 };
  switch (change.phase) {
    case 'read':
    case 'read_back':
      return proceed(state, input, { ...next, toRead: stillToRead(change, input) }, context);
    case 'change':
      return proceed(state, input, { ...next, items: change.items.map(outcomeIn(input)) }, context);
    case 'reboot':
      if (input.status === 'accepted') return finish(state, input, { ...next, rebooted: true }, context);
      return fail(state, input, next, input.why ?? 'The charger refused to reboot', context);
    case 'done':
      return going(state, next, []);
  }
}

const outcomeIn =
  ({ learned, status, why }: CommandEnded) =>
  (item: Item): Item => {
    if (item.asked !== true) return item;
    const changes = learned?.about === 'settings_changed' ? learned.changes : [];
    const said = changes.find(({ key }) => foldedKey(key) === foldedKey(item.key));
    const outcome = said?.outcome ?? (status === 'accepted' ? 'accepted' : 'rejected');
    const error = outcome === 'rejected' || outcome === 'not_supported' ? (said?.why ?? why ?? null) : null;
    return { ...item, asked: false, outcome, error, sealed: null };
  };

/** A charger that answers only some of the keys is asked for the others, as long as it gets on. */
function stillToRead({ toRead }: Change, { learned }: CommandEnded): readonly string[] {
  if (toRead === null || learned?.about !== 'configuration_read') return [];
  const told = new Set([...learned.settings.map(({ key }) => key), ...learned.unknown]);
  // How much may be asked at once was asked first.
  if (told.size > 0 && [...told].every((key) => isLimit(key) && !toRead.includes(key))) return toRead;
  const rest = toRead.filter((key) => !told.has(key));
  return rest.length < toRead.length ? rest : [];
}

/** A report says what can be changed, and which values that has. */
function told(state: ConfigurationState, { settings, receivedAt }: Input<'told'>): Step<ConfigurationState> {
  const after = learn(state, { about: 'configuration_read', settings, unknown: [] }, receivedAt);
  return { state: after, effects: [] };
}

/** All that can be changed has been reported, or will never be. */
function reported(state: ConfigurationState, input: Input<'reported'>, context: Context): Step<ConfigurationState> {
  const change = state.changes.get(input.changeId);
  if (change === undefined || change.dueAt === null || change.phase !== 'read' || change.toRead !== null) {
    return stay(state, 'nobody_waits');
  }
  if (input.complete) return proceed(state, input, { ...change, toRead: [] }, context);
  return fail(state, input, change, input.why ?? 'The station did not report all of its settings', context);
}

function overdue(state: ConfigurationState, input: Input<'overdue'>, context: Context): Step<ConfigurationState> {
  const change = state.changes.get(input.changeId);
  if (change === undefined) return stay(state, 'unknown');
  const { now } = context;
  if (change.dueAt === null || change.dueAt > now) return stay(state, 'early');
  if (change.expiresAt <= now) {
    return fail(state, input, change, whyLate(change), context);
  }
  return proceed(state, input, change, context); // it waits for its sessions to end
}

function whyLate({ phase, tries }: Change): string {
  if (phase !== 'reboot') return 'The charger could not be asked in time';
  return tries > 0 ? NOT_BOOTED : 'It was never idle in time for the reboot';
}
