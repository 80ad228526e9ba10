/** The reservation machine: every status by every happening, and what chargers say of reservations. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reservationStatuses } from '../../src/events/index.ts';
import type { EndedCommand, ReservationInput } from '../../src/ingest/inputs.ts';
import { rules } from '../../src/reservations/machine/rules.ts';
import { decide } from '../../src/reservations/machine.ts';
import type { ReservationRow, ReservationState, ReservationStatus } from '../../src/reservations/types.ts';
import { after, instant, T0 } from '../support/inputs.ts';

type In<T extends ReservationInput['type']> = Extract<ReservationInput, { type: T }>;
const common = { room: 'reservations', chargePointId: 'cp_1', receivedAt: T0 } as const;
const EXPIRY = after(3600);

const requested = (more: Partial<In<'requested'>> = {}): In<'requested'> => ({
  ...common,
  type: 'requested',
  reservationId: 'rsv_1',
  ocppId: 7,
  replacesId: null,
  connectorId: 1,
  connectorType: null,
  tokenUid: 'TAG',
  tokenKind: null,
  groupId: null,
  parentIdTag: null,
  expiresAt: EXPIRY,
  requestedBy: 'key_1',
  commandId: 'cmd_1',
  ...more,
});
const ended = (more: Partial<EndedCommand> = {}): In<'command_ended'> => ({
  ...common,
  type: 'command_ended',
  command: {
    id: 'cmd_1',
    action: 'ReserveNow',
    payload: { reservationId: 7 },
    status: 'accepted',
    result: { status: 'Accepted' },
    error: null,
    ...more,
  },
});
const refused = (status: string) => ended({ status: 'rejected', result: { status } });
const unanswered = ended({
  ...{ status: 'timed_out', result: null, error: { code: 'no_answer', message: '' } },
  isUnanswered: true,
});
const renewal = (commandId: string): In<'renewal_requested'> => ({
  ...common,
  type: 'renewal_requested',
  reservationId: 'rsv_1',
  commandId,
});
const cancelAsked: In<'cancel_requested'> = { ...common, type: 'cancel_requested', reservationId: 'rsv_1' };
const cancelled = (more: Partial<EndedCommand> = {}) => ended({ id: 'cmd_9', action: 'CancelReservation', ...more });
const session = (more: Partial<In<'session_started'>> = {}): In<'session_started'> => ({
  ...common,
  type: 'session_started',
  sessionId: 'ses_1',
  connectorId: 1,
  tokenUid: 'TAG',
  parentIdTag: undefined,
  ocppId: undefined,
  at: instant(after(60)),
  ...more,
});
const freed = (more: Partial<In<'connector_freed'>> = {}): In<'connector_freed'> => ({
  ...common,
  type: 'connector_freed',
  connectorId: 1,
  at: instant(after(60)),
  bootedAt: null,
  ...more,
});
const overdue: In<'overdue'> = { ...common, type: 'overdue', reservationId: 'rsv_1' };

const none: ReservationState = { reservations: new Map() };
type Told = { previous_status: string | null; status: string; reason: string | null };
function run(inputs: readonly ReservationInput[], now = after(60), state = none) {
  const told: Told[] = [];
  const ignored: string[] = [];
  const fed: unknown[] = [];
  let at = state;
  for (const input of inputs) {
    const step = decide(at, input, input.type === 'overdue' ? EXPIRY : now);
    at = step.state;
    if (step.ignored !== undefined) ignored.push(step.ignored);
    for (const effect of step.effects) {
      if (effect.do === 'emit') told.push(effect.event.data as Told);
      if (effect.do === 'feed') fed.push(effect.input);
    }
  }
  const row = (id = 'rsv_1'): ReservationRow | undefined => at.reservations.get(id);
  return { state: at, row, told, fed, ignored };
}
const statusAfter = (inputs: readonly ReservationInput[], now?: Date) => {
  const { row } = run(inputs, now);
  return [row()?.status, row()?.reason];
};

describe('a reservation', () => {
  test('becomes active when the charger accepts it, and tells so', () => {
    const { row, told } = run([requested(), ended()]);
    expect(row()).toMatchObject({ status: 'active', commandId: null, dueAt: EXPIRY, confirmedAt: after(60) });
    expect(told.map(({ previous_status, status }) => [previous_status, status])).toEqual([
      [null, 'requested'],
      ['requested', 'active'],
    ]);
  });

  test('tells the session that uses it since when it was kept, through a renewal and a change of connector', () => {
    const asked = requested({ reservationId: 'rsv_2', replacesId: 'rsv_1', connectorId: 2, commandId: 'cmd_2' });
    const agreed = ended({ id: 'cmd_2' });
    const { state, fed } = run([requested(), ended()], after(10));
    expect(fed).toEqual([]);
    const moved = run([asked, agreed, session({ connectorId: 2 })], after(500), state);
    expect(moved.row('rsv_2')).toMatchObject({ status: 'used', activeSince: after(10), confirmedAt: after(500) });
    expect(moved.fed).toEqual([
      {
        room: 'sessions',
        type: 'reserved',
        chargePointId: 'cp_1',
        receivedAt: T0,
        sessionId: 'ses_1',
        from: after(10),
      },
    ]);
    const other = run([{ ...asked, tokenUid: 'OTHER' }, agreed], after(500), state);
    expect(other.row('rsv_2')?.activeSince).toEqual(after(500));
    // The charger had not agreed yet: nothing was kept.
    expect(run([requested(), session()]).fed).toEqual([]);
  });

  test.each([
    ['Faulted', 'faulted'],
    ['Occupied', 'occupied'],
    ['Rejected', 'rejected'],
    ['Unavailable', 'unavailable'],
  ])('fails with the reason when the charger says %s', (said, reason) => {
    expect(statusAfter([requested(), refused(said)])).toEqual(['failed', reason]);
  });

  test('whose answer was lost is neither active nor failed: it is asked for again until the charger says which', () => {
    const { state, row, told } = run([requested(), unanswered]);
    expect(row()).toMatchObject({ status: 'requested', reason: 'no_answer', dueAt: EXPIRY });
    expect(told).toHaveLength(1);
    const again = run([renewal('cmd_2')], after(90), state);
    expect(again.row()).toMatchObject({ status: 'requested', reason: 'asked_again', commandId: 'cmd_2' });
    expect(run([renewal('cmd_3')], after(95), again.state).ignored).toEqual(['asked_already']);
    const agreed = run([ended({ id: 'cmd_2' })], after(91), again.state);
    expect(agreed.row()).toMatchObject({ status: 'active', reason: null });
    const occupied = ended({ id: 'cmd_2', status: 'rejected', result: { status: 'Occupied' } });
    expect(run([occupied], after(91), again.state).row()).toMatchObject({ status: 'failed', reason: 'occupied' });
    const neverSent = ended({
      ...{ id: 'cmd_2', status: 'failed', result: null, error: { code: 'charge_point_offline', message: '' } },
    });
    expect(run([neverSent], after(91), again.state).row()).toMatchObject({ status: 'requested', dueAt: EXPIRY });
    expect(run([overdue], EXPIRY, state).row()).toMatchObject({ status: 'expired', reason: 'no_answer' });
    expect(run([cancelled()], after(90), state).row()).toMatchObject({ status: 'cancelled', reason: 'requested' });
  });

  test('that is being cancelled is not asked for again, whatever becomes of what the charger was asked before', () => {
    const lostCancel = cancelled({ status: 'timed_out', result: null });
    const { state, row } = run([requested(), unanswered, cancelAsked]);
    expect(row()).toMatchObject({ status: 'requested', reason: 'cancelling' });
    const lost = run([lostCancel], after(90), state);
    expect(lost.row()).toMatchObject({ status: 'requested', reason: 'to_be_released', updatedAt: after(90) });
    // Answers that come late, or are lost, change nothing of that.
    expect(run([ended()], after(91), lost.state).row()).toMatchObject({ status: 'active', reason: 'to_be_released' });
    expect(run([unanswered], after(91), lost.state).row()).toMatchObject({ reason: 'to_be_released' });
    const once = run([cancelAsked, cancelled()], after(95), lost.state);
    expect(once.row()).toMatchObject({ status: 'cancelled', reason: 'requested' });
    expect(run([requested(), cancelAsked, unanswered]).row()).toMatchObject({ reason: 'cancelling' });
    // What was being done about it is no reason of its end.
    expect(run([overdue], EXPIRY, lost.state).row()).toMatchObject({ status: 'expired', reason: null });
    expect(run([requested(), ended(), cancelAsked, lostCancel]).row()).toMatchObject({
      ...{ status: 'active', reason: 'to_be_released' },
    });
  });

  test('that the charger accepts after its cancellation is to be released; not if another one has its number', () => {
    const { state, row, told } = run([requested(), unanswered, cancelAsked, renewal('cmd_2'), cancelled()]);
    expect(row()?.status).toBe('cancelled');
    expect(told).toHaveLength(2);
    const kept = run([ended({ id: 'cmd_2' })], after(70), state);
    expect(kept.row()).toMatchObject({ status: 'active', reason: 'to_be_released', dueAt: EXPIRY });
    expect(run([cancelAsked, cancelled()], after(80), kept.state).row()?.status).toBe('cancelled');
    expect(run([ended({ id: 'cmd_2' })], after(3601), state).row()?.status).toBe('cancelled');
    // The sweep had looked before the cancellation was answered.
    const behind = run([requested(), unanswered, cancelled(), renewal('cmd_2'), ended({ id: 'cmd_2' })]);
    expect(behind.row()).toMatchObject({ status: 'active', reason: 'to_be_released' });
    const second = requested({ reservationId: 'rsv_2', replacesId: 'rsv_1', commandId: 'cmd_3' });
    const replaced = run([requested(), ended(), renewal('cmd_2'), second, ended({ id: 'cmd_3' })]);
    const late = run([ended({ id: 'cmd_2' })], after(70), replaced.state);
    expect([late.row()?.status, late.row('rsv_2')?.status]).toEqual(['cancelled', 'active']);
  });

  test('fails when the charger cannot or was never asked; taken back on its way, it is to be released', () => {
    const abandoned = { code: 'abandoned', message: '' };
    const takenBack = ended({ status: 'cancelled', result: null, error: abandoned, isUnanswered: true });
    expect(statusAfter([requested(), takenBack])).toEqual(['requested', 'to_be_released']);
    const second = requested({ reservationId: 'rsv_2', replacesId: 'rsv_1', commandId: 'cmd_2' });
    const back = ended({ ...takenBack.command, id: 'cmd_2' });
    const kept = run([requested(), ended(), second, back]);
    expect([kept.row()?.status, kept.row('rsv_2')?.status]).toEqual(['active', 'failed']);
    const error = { code: 'charger_error', message: '', ocpp_code: 'NotSupported' };
    expect(statusAfter([requested(), ended({ status: 'failed', result: null, error })])).toEqual([
      'failed',
      'charger_error',
    ]);
    expect(statusAfter([requested(), ended({ status: 'cancelled', result: null })])).toEqual(['failed', 'cancelled']);
  });

  test('R4: becomes active by an answer that comes late, but not after its expiry', () => {
    expect(statusAfter([requested(), unanswered, ended()])).toEqual(['active', null]);
    const { state } = run([requested(), unanswered]);
    expect(run([ended()], after(3601), state).row()?.status).toBe('requested');
  });

  test('expires at its time and not before', () => {
    expect(statusAfter([requested(), ended(), overdue])).toEqual(['expired', null]);
    const { state } = run([requested(), ended()]);
    expect(decide(state, overdue, after(3599)).ignored).toBe('not_due');
  });

  test.each([
    ['by its number, whoever starts', { ocppId: 7, tokenUid: 'SOMEBODY', connectorId: 2 }, true],
    ['by its token in another case', { tokenUid: ' tag ' }, true],
    ['not by its token on another connector', { connectorId: 2 }, false],
    ['not by another token', { tokenUid: 'OTHER' }, false],
    ['not by another number', { ocppId: 8 }, false],
    ['not by a session after its expiry', { at: instant(after(3600)) }, false],
  ] as const)('is used %s', (_name, more, isUsed) => {
    const { row } = run([requested(), ended(), session(more)]);
    expect([row()?.status, row()?.sessionId]).toEqual(isUsed ? ['used', 'ses_1'] : ['active', null]);
  });

  test('of a group is used by any of its tokens; of any connector, on any connector', () => {
    const group = requested({ groupId: 'tgr_1', parentIdTag: 'FLEET', connectorId: 0 });
    const byColleague = session({ tokenUid: 'COLLEAGUE', parentIdTag: 'fleet', connectorId: 2 });
    expect(statusAfter([group, ended(), byColleague])[0]).toBe('used');
    expect(statusAfter([group, ended(), session({ tokenUid: 'COLLEAGUE' })])[0]).toBe('active');
  });

  test('R6: is used by a session that begins before the charger has answered', () => {
    const { row, ignored } = run([requested(), session(), ended()]);
    expect(row()).toMatchObject({ status: 'used', sessionId: 'ses_1' });
    expect(ignored).toEqual(['accepted_while_used']);
  });

  test('that has expired is used by a session of before, which an offline charger tells of afterwards', () => {
    const late = session({ ocppId: 7, at: instant(after(600), { historical: true }) });
    expect(statusAfter([requested(), ended(), overdue, late])[0]).toBe('used');
    expect(statusAfter([requested(), ended(), overdue, session({ at: instant(after(600)) })])[0]).toBe('expired');
  });

  test('is cancelled when the charger agrees, and when it knows of none; not when it does not answer', () => {
    expect(statusAfter([requested(), ended(), cancelled()])).toEqual(['cancelled', 'requested']);
    const unknown = cancelled({ status: 'rejected', result: { status: 'Rejected' } });
    expect(statusAfter([requested(), ended(), unknown])).toEqual(['cancelled', 'unknown_to_charger']);
    expect(statusAfter([requested(), ended(), cancelled({ status: 'timed_out' })])).toEqual(['active', null]);
    expect(statusAfter([requested(), ended(), cancelled({ payload: { reservationId: 8 } })])).toEqual(['active', null]);
  });

  test('takes the place of another one when the charger accepts it; that one stays when it does not', () => {
    const second = requested({ reservationId: 'rsv_2', replacesId: 'rsv_1', connectorId: 2, commandId: 'cmd_2' });
    const accepted = run([requested(), ended(), second, ended({ id: 'cmd_2' })]);
    expect([accepted.row()?.status, accepted.row()?.reason]).toEqual(['cancelled', 'replaced']);
    expect(accepted.row('rsv_2')?.status).toBe('active');
    const occupied = ended({ id: 'cmd_2', status: 'rejected', result: { status: 'Occupied' } });
    const kept = run([requested(), ended(), second, occupied]);
    expect([kept.row()?.status, kept.row('rsv_2')?.status]).toEqual(['active', 'failed']);
    const used = run([session({ ocppId: 7 })], after(60), accepted.state);
    expect([used.row()?.status, used.row('rsv_2')?.status]).toEqual(['cancelled', 'used']);
  });

  describe('that was to take the place of another, and whose answer was lost,', () => {
    const second = requested({ reservationId: 'rsv_2', replacesId: 'rsv_1', connectorId: 2, commandId: 'cmd_2' });
    const lost = ended({ ...unanswered.command, id: 'cmd_2' });
    const { state } = run([requested(), ended(), second, lost]);
    const both = (input: ReservationInput, from = state) => {
      const { row } = run([input], after(70), from);
      return [row(), row('rsv_2')].map((each) => [each?.status, each?.reason]);
    };
    const byCharger = (why: In<'ended_by_charger'>['why']): In<'ended_by_charger'> => ({
      ...common,
      ...{ type: 'ended_by_charger', ocppId: 7, why },
    });

    test('ends when a session names their number: the one that fits is used', () => {
      expect(both(session({ ocppId: 7 }))).toEqual([
        ['used', null],
        ['cancelled', 'original_used'],
      ]);
      expect(both(session({ ocppId: 7, connectorId: 2 }))).toEqual([
        ['cancelled', 'replaced'],
        ['used', null],
      ]);
    });

    test('is let go of when its driver charges without naming the number', () => {
      expect(both(session())).toEqual([
        ['used', null],
        ['requested', 'to_be_released'],
      ]);
      const other = run([requested(), ended(), { ...second, tokenUid: 'OTHER' }, lost]);
      expect(both(session(), other.state)[1]).toEqual(['requested', 'no_answer']);
    });

    test('ends with what the charger says of their number; not while its answer may come', () => {
      expect(both(byCharger('removed'))).toEqual([
        ['cancelled', 'released_by_charger'],
        ['cancelled', 'released_by_charger'],
      ]);
      expect(both(byCharger('expired')).map(([status]) => status)).toEqual(['expired', 'expired']);
      const underWay = run([requested(), ended(), second]);
      expect(both(byCharger('removed'), underWay.state).map(([status]) => status)).toEqual(['cancelled', 'requested']);
    });
  });

  test('is given up when its connector becomes available; not shortly before its expiry, which that is', () => {
    expect(statusAfter([requested(), ended(), freed()])).toEqual(['cancelled', 'released_by_charger']);
    expect(statusAfter([requested(), ended(), freed({ connectorId: 2 })])[0]).toBe('active');
    const { state } = run([requested(), ended()]);
    expect(run([freed()], after(3590), state).row()?.status).toBe('active');
  });

  test('survives a reboot: what its connector says then is no end, and the charger is asked again', () => {
    const { state, row } = run([requested(), ended(), freed({ bootedAt: after(61) })]);
    expect(row()?.status).toBe('active');
    const again = (command: Partial<EndedCommand>) =>
      run([renewal('cmd_2'), ended({ id: 'cmd_2', ...command })], after(70), state);
    expect(again({}).row()).toMatchObject({ status: 'active', confirmedAt: after(70), commandId: null });
    expect(again({}).told).toEqual([]);
    expect(again({ status: 'rejected', result: { status: 'Occupied' } }).row()).toMatchObject({
      status: 'failed',
      reason: 'occupied',
    });
    expect(again({ status: 'timed_out', result: null }).row()).toMatchObject({ status: 'active', commandId: null });
  });
});

test('statuses move by the table and by nothing else', () => {
  const happenings = ['accepted', 'refused', 'used', 'cancelled', 'expired'] as const;
  const inputOf = {
    accepted: ended(),
    refused: refused('Occupied'),
    used: session({ ocppId: 7 }),
    cancelled: cancelled(),
    expired: overdue,
  };
  const rowIn = (status: ReservationStatus): ReservationRow => {
    const { row } = run([requested()]);
    const isOver = status !== 'requested' && status !== 'active';
    return { ...(row() as ReservationRow), status, dueAt: isOver ? null : EXPIRY };
  };
  for (const status of reservationStatuses) {
    for (const happening of happenings) {
      const state = { reservations: new Map([['rsv_1', rowIn(status)]]) };
      const now = happening === 'expired' ? EXPIRY : after(60);
      const next = decide(state, inputOf[happening], now).state.reservations.get('rsv_1');
      // A renewal that is accepted changes no status; the tables has no edge for it.
      expect([status, happening, next?.status]).toEqual([status, happening, rules[status][happening] ?? status]);
    }
  }
});

test('in whatever order things happen: it never leaves its end but by the table, and every change is told once', () => {
  const inputs = fc.constantFrom<ReservationInput>(
    requested(),
    ended(),
    refused('Occupied'),
    unanswered,
    session(),
    session({ ocppId: 7 }),
    cancelled(),
    cancelled({ status: 'timed_out', result: null }),
    cancelAsked,
    renewal('cmd_2'),
    ended({ id: 'cmd_2' }),
    freed(),
    overdue,
  );
  fc.assert(
    fc.property(fc.array(inputs, { maxLength: 12 }), (some) => {
      let status: string | null = null;
      for (const { previous_status, status: next } of run(some).told) {
        expect(previous_status).toBe(status);
        if (previous_status !== null)
          expect(Object.values(rules[previous_status as ReservationStatus])).toContain(next);
        status = next;
      }
      const { row } = run(some);
      expect(row()?.status ?? null).toBe(status);
      if (row() !== undefined) expect(row()?.dueAt === null).toBe(status !== 'requested' && status !== 'active');
    }),
  );
});

test('in whatever order things happen to two of one number: once a session has named it, none of them is wanted any more', () => {
  const second = requested({ reservationId: 'rsv_2', replacesId: 'rsv_1', connectorId: 2, commandId: 'cmd_2' });
  const inputs = fc.constantFrom<ReservationInput>(
    ended(),
    ended({ id: 'cmd_2' }),
    ended({ ...unanswered.command, id: 'cmd_2' }),
    ended({ id: 'cmd_2', status: 'rejected', result: { status: 'Occupied' } }),
    renewal('cmd_3'),
    { ...renewal('cmd_4'), reservationId: 'rsv_2' },
    ended({ id: 'cmd_4' }),
    cancelAsked,
    cancelled({ status: 'timed_out', result: null }),
  );
  fc.assert(
    fc.property(fc.array(inputs, { maxLength: 6 }), fc.array(inputs, { maxLength: 6 }), (before, behind) => {
      const { row } = run([requested(), ended(), second, ...before, session({ ocppId: 7 }), ...behind]);
      const open = [row(), row('rsv_2')].filter((each) => each?.dueAt !== null);
      for (const each of open) expect(['to_be_released', 'cancelling']).toContain(each?.reason);
    }),
  );
});
