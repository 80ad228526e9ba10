/**
 * The device model of a station: reports are asked for and put together, what they tell is handed on to be kept, and an inventory is
 * asked for once by the server itself when it knows nothing of a station or of its firmware. Pure. It must never disturb a station
 * that charges, nor hold the value of a secret.
 */
import type { Effect } from '../ingest/contract.ts';
import type { DeviceModelInput, ReportBase, ReportRequest, ToldAttribute, ToldSetting } from '../ingest/inputs.ts';
import { answered, type Next, overdue, partCame, put, reportOf } from './machine/report.ts';
import type { DeviceState, ToldValue, Words } from './types.ts';

export type Context = {
  readonly words: Words;
  /** Whether the server asks for inventories by itself. */
  readonly automatic: boolean;
  /** Spread over stations: the same number for the same station. */
  readonly number: number;
  /** Ids and the request's number, always the same for the same reason: decide has no chance of its own. */
  readonly idsFor: (reason: string, now: Date) => Pick<ReportRequest, 'reportId' | 'requestId' | 'commandId'>;
  readonly now: Date;
};
type Input<T extends DeviceModelInput['type']> = Extract<DeviceModelInput, { type: T }>;

/** Behind a boot a station has other things to do. */
const SETTLE_MS = 60_000;
const SPREAD_S = 240;
/** A station that charges, or is away, is looked at again. */
const BUSY_MS = 300_000;
const TIMEOUT_S = 30;
const EXPIRY_MS = 600_000;

export function decide(state: DeviceState, input: DeviceModelInput, context: Context): Next {
  switch (input.type) {
    case 'requested':
      return requested(state, input, context);
    case 'configuration_wanted':
      return ask(state, input, 'configuration_inventory', input.changeId, input.expiresAt, context);
    case 'command_ended':
      return commandEnded(state, input, context);
    case 'report_part':
      return reportPart(state, input, context);
    case 'overdue': {
      const report = state.reports.get(input.reportId);
      return report === undefined ? stay(state, 'unknown') : overdue(state, input, report, context.now);
    }
    case 'booted':
      return booted(state, input, context);
    case 'inventory_due':
      return inventoryDue(state, input, context);
  }
}

const stay = (state: DeviceState, ignored: string): Next => ({ state, effects: [], ignored });

function requested(state: DeviceState, input: Input<'requested'>, { now }: Context): Next {
  if (state.reports.has(input.reportId)) return stay(state, 'duplicate');
  const { room: _room, type: _type, chargePointId: _of, receivedAt: _at, ...request } = input;
  const { firmwareVersion } = state;
  return { state: put(state, reportOf(request, { changeId: null, firmwareVersion, createdAt: now })), effects: [] };
}

function ask(
  state: DeviceState,
  { chargePointId, receivedAt }: DeviceModelInput,
  base: ReportBase,
  changeId: string | null,
  expiresAt: Date,
  { words, idsFor, now }: Context,
): Next {
  const ids = idsFor(`${changeId ?? base} ${now.getTime()}`, now);
  const request: ReportRequest = {
    ...ids,
    kind: 'variables',
    base,
    criteria: null,
    requestedBy: 'system',
    waitingNode: null,
    expiresAt,
  };
  const { firmwareVersion } = state;
  const after = put(state, reportOf(request, { changeId, firmwareVersion, createdAt: now }));
  const call = state.protocol === null ? undefined : words.baseReport(state.protocol, base, ids.requestId);
  if (call === undefined) return stay(state, 'cannot_be_said');
  const command = {
    room: 'commands',
    type: 'requested',
    chargePointId,
    receivedAt,
    commandId: ids.commandId,
    action: call.action,
    payload: { ...call.payload },
    timeoutS: TIMEOUT_S,
    requestedBy: 'system',
    expiresAt,
    silent: true,
    askedBy: 'device_model',
  } as const;
  return { state: after, effects: [{ do: 'feed', input: command }] };
}

/** Whoever asked: a report that was asked for by hand is followed too, and values that were read or written are kept. */
function commandEnded(state: DeviceState, input: Input<'command_ended'>, { idsFor, now }: Context): Next {
  const { learned } = input;
  const report = [...state.reports.values()].find(({ commandId }) => commandId === input.commandId);
  if (report !== undefined) return answered(state, input, report, input, now);
  if (learned?.about === 'report_promised' && !learned.nothing && input.status === 'accepted') {
    const { kind, base, requestId, criteria } = learned;
    const { reportId } = idsFor(input.commandId, now);
    const by = { requestedBy: 'command', waitingNode: null, expiresAt: now, criteria };
    const request: ReportRequest = { ...by, reportId, kind, base, requestId, commandId: input.commandId };
    const row = reportOf(request, { changeId: null, firmwareVersion: state.firmwareVersion, createdAt: now });
    return answered(put(state, row), input, row, input, now);
  }
  const values = valuesIn(input);
  if (values.length === 0) return stay(state, 'nobody_waits');
  return { state: { ...state, told: [...state.told, { at: input.receivedAt, attributes: [], values }] }, effects: [] };
}

function valuesIn({ learned }: Input<'command_ended'>): ToldValue[] {
  const told = ({ key, value, secret }: { key: string; value: string | null; secret: boolean }): ToldValue[] =>
    value === null || secret ? [] : [{ key, value }];
  if (learned?.about === 'configuration_read') return learned.settings.flatMap(told);
  if (learned?.about !== 'settings_changed') return [];
  return learned.changes.filter(({ outcome }) => outcome === 'accepted').flatMap(told);
}

/** What nobody asked for is kept all the same: it is the station's word about itself. */
function reportPart(state: DeviceState, input: Input<'report_part'>, { now }: Context): Next {
  const mine = [...state.reports.values()]
    .filter(({ requestId, kind }) => requestId === input.requestId && kind === input.kind)
    .sort((one, other) => Number(other.dueAt !== null) - Number(one.dueAt !== null) || (one.id < other.id ? 1 : -1));
  const [report] = mine;
  const next = report === undefined ? { ...stay(state, 'unasked'), use: true } : partCame(state, input, report, now);
  if (!next.use || input.part.items === 0) return withoutUse(next);
  if (input.kind === 'monitors') return monitorsTold(next, input);
  const { attributes } = input;
  const told = [...next.state.told, { at: input.receivedAt, attributes, values: [] }];
  const fed = settingsIn(input, attributes);
  // First what was told, then that it is complete.
  return { ...withoutUse(next), state: { ...next.state, told }, effects: [...fed, ...next.effects] };
}

/** Monitors are their own room's to keep. */
function monitorsTold(
  next: Next & { readonly use: boolean },
  input: Input<'report_part'> & { kind: 'monitors' },
): Next {
  const { chargePointId, receivedAt, monitors } = input;
  const told = { room: 'monitoring', type: 'monitors_told', chargePointId, receivedAt, monitors } as const;
  return { ...withoutUse(next), effects: [{ do: 'feed', input: told }, ...next.effects] };
}

const withoutUse = ({ use: _use, ...next }: Next & { readonly use: boolean }): Next => next;

/** How much may be asked at once is read-only, and yet what the configuration has to know. */
const LIMIT = /^DeviceDataCtrlr\.(Items|Bytes)PerMessage\[/i;

function settingsIn({ chargePointId, receivedAt }: Input<'report_part'>, told: readonly ToldAttribute[]): Effect[] {
  const settings = told
    .filter(({ key, mutability, constant }) => (mutability !== 'read_only' && !constant) || LIMIT.test(key))
    .map(
      ({ key, value, secret, mutability }): ToldSetting => ({
        key,
        value,
        secret,
        readonly: mutability === 'read_only',
      }),
    );
  if (settings.length === 0) return [];
  return [{ do: 'feed', input: { room: 'configuration', type: 'told', chargePointId, receivedAt, settings } }];
}

function booted(state: DeviceState, input: Input<'booted'>, { automatic, number, now }: Context): Next {
  const { model } = state;
  if (!automatic) return stay(state, 'off');
  if (model.inventoryAt !== null && model.inventoryFirmware === input.firmwareVersion) return stay(state, 'known');
  if (model.wantedAt !== null) return stay(state, 'wanted');
  const wantedAt = new Date(now.getTime() + SETTLE_MS + (number % SPREAD_S) * 1000);
  return { state: { ...state, model: { ...model, wantedAt, wantedBase: 'full_inventory' } }, effects: [] };
}

/** Politely: while it is connected and accepted, nobody charges, and no other report is on its way. */
function inventoryDue(state: DeviceState, input: Input<'inventory_due'>, context: Context): Next {
  const { model, reports } = state;
  const { now } = context;
  if (model.wantedAt === null || model.wantedBase === null) return stay(state, 'not_wanted');
  if (model.wantedAt > now) return stay(state, 'early');
  const later = new Date(now.getTime() + BUSY_MS);
  const postponed: DeviceState = { ...state, model: { ...model, wantedAt: later } };
  const isOpen = [...reports.values()].some(({ dueAt, kind }) => dueAt !== null && kind === 'variables');
  const isIdle = state.connected && state.isAccepted && state.openSessions === 0 && !isOpen;
  if (!isIdle) return { state: postponed, effects: [], ignored: 'busy' };
  return ask(postponed, input, model.wantedBase, null, new Date(now.getTime() + EXPIRY_MS), context);
}
