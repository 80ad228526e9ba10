/** Which DER controls a station holds and which of them count, learned from its answers, notices and reports (2.1 block R). Pure. */
import type { Step } from '../ingest/contract.ts';
import { controlsReported, isHeld, isMeant, reportAnswered, reportRequested } from './machine/reports.ts';
import {
  type DerControlInput,
  type DerEvent,
  type DerRow,
  type DerState,
  type Ended,
  eventKey,
  type Learnt,
} from './types.ts';

type Next = Step<DerState>;
type Input<T extends DerControlInput['type']> = Extract<DerControlInput, { type: T }>;

/** A station may have been away, or its clock be off: so long after its span nobody waits for its word any more. */
const OVER_AFTER_MS = 3_600_000;

export function decide(before: DerState, input: DerControlInput): Next {
  const state = withoutOver(before, input.receivedAt);
  switch (input.type) {
    case 'requested':
      return requested(state, input);
    case 'report_requested':
      return reportRequested(state, input);
    case 'controls_reported':
      return controlsReported(state, input);
    case 'command_ended':
      return commandEnded(state, input);
    case 'alarm_reported':
      return alarmReported(state, input);
    case 'control_switched':
      return controlSwitched(state, input);
  }
}

const moved = (state: DerState, changed: readonly DerRow[]): Next => ({
  state: { ...state, rows: new Map([...state.rows, ...changed.map((row) => [row.id, row] as const)]) },
  effects: [],
});

/** A scheduled control holds no longer than its span, whoever overruled it; one without a duration ends by the station's word alone. */
export function isOver(row: DerRow, at: Date): boolean {
  const { startAt, durationS, isDefault } = row.control;
  if (!isHeld(row) || isDefault || durationS === undefined) return false;
  const startsAt = startAt === undefined ? row.createdAt.getTime() : Date.parse(startAt);
  return startsAt + durationS * 1000 + OVER_AFTER_MS < at.getTime();
}

/** Written down with the next input; until then whoever reads them asks isOver. */
function withoutOver(state: DerState, at: Date): DerState {
  const over = [...state.rows.values()].filter((row) => isOver(row, at));
  if (over.length === 0) return state;
  return moved(
    state,
    over.map((row) => ({ ...row, status: 'ended', isStarted: false, updatedAt: at })),
  ).state;
}

function requested(state: DerState, input: Input<'requested'>): Next {
  const { id, commandId, control, requestedBy, receivedAt } = input;
  const row: DerRow = {
    id,
    commandId,
    control,
    status: 'pending',
    isStarted: false,
    why: null,
    requestedBy,
    createdAt: receivedAt,
    updatedAt: receivedAt,
  };
  return moved(state, [row]);
}

function commandEnded(state: DerState, input: Ended): Next {
  const { learned, status, why, receivedAt } = input;
  const asked = [...state.rows.values()].find(({ commandId }) => commandId === input.commandId);
  if (learned?.about === 'der_control_set') return taken(state, input, learned, asked);
  if (learned?.about === 'der_controls_cleared') return cleared(state, learned, receivedAt);
  const report = [...state.reports.values()].find(({ commandId }) => commandId === input.commandId);
  if (report !== undefined)
    return reportAnswered(state, input, report, learned?.about === 'der_controls_will_come' ? learned : undefined);
  if (asked === undefined) return { state, effects: [], ignored: 'not_ours' };
  // After a time-out the answer may still come: then it is told once more, and decides.
  if (asked.status !== 'pending' && asked.status !== 'failed') return { state, effects: [], ignored: 'duplicate' };
  const ended = status === 'rejected' ? 'rejected' : 'failed';
  return moved(state, [{ ...asked, status: ended, why: why ?? null, updatedAt: receivedAt }]);
}

function taken(state: DerState, input: Ended, learned: Learnt<'der_control_set'>, asked: DerRow | undefined): Next {
  const { commandId, receivedAt } = input;
  const control = asked?.control ?? learned.control;
  if (control === undefined) return { state, effects: [], ignored: 'unreadable' };
  // R04.FR.08: its own id among the superseded: another one counts more than it.
  const status = learned.supersededIds.includes(control.controlId) ? 'superseded' : 'active';
  const row: DerRow = {
    // Sent as a raw command: it is a row from now on.
    ...(asked ?? {
      id: idOf(commandId),
      commandId,
      isStarted: false,
      requestedBy: 'command',
      createdAt: receivedAt,
    }),
    control,
    status,
    why: null,
    updatedAt: receivedAt,
  };
  const others = [...state.rows.values()].filter((each) => each.id !== row.id && isHeld(each));
  const replaced = others.filter((each) => each.control.controlId === control.controlId);
  const superseded = others.filter(
    (each) => !replaced.includes(each) && learned.supersededIds.includes(each.control.controlId),
  );
  return moved(state, [
    row,
    ...replaced.map((each) => ({ ...each, status: 'replaced' as const, updatedAt: receivedAt })),
    ...superseded.map((each) => ({ ...each, status: 'superseded' as const, updatedAt: receivedAt })),
  ]);
}

/** R04.FR.44–46 */
function cleared(state: DerState, criteria: Learnt<'der_controls_cleared'>, at: Date): Next {
  const gone = [...state.rows.values()].filter((row) => isHeld(row) && isMeant(criteria, row.control));
  if (gone.length === 0) return { state, effects: [], ignored: 'unknown' };
  return moved(
    state,
    gone.map((row) => ({ ...row, status: 'cleared' as const, updatedAt: at })),
  );
}

function alarmReported(state: DerState, input: Input<'alarm_reported'>): Next {
  return eventAdded(state, {
    id: input.eventId,
    kind: input.ended ? 'alarm_ended' : 'alarm',
    controlId: null,
    controlType: input.controlType ?? null,
    fault: input.fault ?? null,
    info: input.info ?? null,
    supersededIds: [],
    ...timesOf(input),
  });
}

/** R04.FR.20–22: what has ended is no longer held; what was only overruled stays, and counts again once it starts again. */
function controlSwitched(state: DerState, input: Input<'control_switched'>): Next {
  const { controlId, started, supersededIds, receivedAt } = input;
  const event: DerEvent = {
    id: input.eventId,
    kind: started ? 'started' : 'stopped',
    controlId,
    controlType: null,
    fault: null,
    info: null,
    supersededIds,
    ...timesOf(input),
  };
  const next = eventAdded(state, event);
  if (next.ignored !== undefined) return next;
  const held = [...state.rows.values()].filter(isHeld);
  const rows = held.flatMap((row): DerRow[] => {
    const { control } = row;
    if (control.controlId === controlId) {
      const ends = row.status === 'active' && !control.isDefault;
      const status = started ? 'active' : ends ? 'ended' : row.status;
      return [{ ...row, isStarted: started, status, updatedAt: receivedAt }];
    }
    return started && supersededIds.includes(control.controlId)
      ? [{ ...row, status: 'superseded', updatedAt: receivedAt }]
      : [];
  });
  return moved(next.state, rows);
}

const timesOf = ({ at, receivedAt }: Input<'alarm_reported'> | Input<'control_switched'>) => ({
  at: at.at,
  rawAt: at.plausible ? null : (at.raw ?? null),
  historical: at.historical,
  receivedAt,
});

function eventAdded(state: DerState, event: DerEvent): Next {
  const key = eventKey(event);
  // Without a time of its own, two reports cannot be told from one repeated: both are kept.
  if (event.rawAt === null && state.known.has(key)) return { state, effects: [], ignored: 'duplicate' };
  return { state: { ...state, known: new Set([...state.known, key]), added: [...state.added, event] }, effects: [] };
}

export const idOf = (commandId: string): string => `der_${commandId.slice(commandId.indexOf('_') + 1)}`;
