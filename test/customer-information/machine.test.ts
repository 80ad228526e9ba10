import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../../src/customer-information/machine.ts';
import type { CustomerState } from '../../src/customer-information/types.ts';
import type { CollectReply, CustomerInformationInput } from '../../src/ingest/inputs.ts';
import { after, T0 } from '../support/inputs.ts';

const common = { room: 'customer_information', chargePointId: 'cp_1', receivedAt: T0 } as const;
const requested = (report = true, clear = false): CustomerInformationInput => ({
  ...common,
  type: 'requested',
  reportId: 'cin_1',
  requestId: 7,
  commandId: 'cmd_1',
  ...{ report, clear },
  subject: 'token',
  requestedBy: 'key_1',
  commandEndsBy: after(190),
});
const ended = (
  status: 'accepted' | 'rejected' | 'failed' | 'timed_out' | 'cancelled',
  isUnanswered = status !== 'accepted' && status !== 'rejected',
): CustomerInformationInput => ({
  ...common,
  ...(isUnanswered && { isUnanswered }),
  type: 'command_ended',
  commandId: 'cmd_1',
  status,
  why: status === 'accepted' ? undefined : `it was ${status}`,
  learned: undefined,
});
const told = (seqNo: number, tbc: boolean, data = `part ${seqNo};`, requestId = 7): CustomerInformationInput => ({
  ...common,
  type: 'told',
  ...{ requestId, seqNo, tbc, data },
});
const collected: CustomerInformationInput = { ...common, type: 'collected', reportId: 'cin_1' };
const overdue: CustomerInformationInput = { ...common, type: 'overdue', reportId: 'cin_1' };

function run(inputs: readonly CustomerInformationInput[], seconds = (i: number) => i) {
  let state: CustomerState = { reports: new Map() };
  const replies: CollectReply[] = [];
  const ignored: (string | undefined)[] = [];
  inputs.forEach((input, i) => {
    const step = decide(state, input, after(seconds(i)));
    state = step.state;
    ignored.push(step.ignored);
    for (const effect of step.effects) if (effect.do === 'reply') replies.push(effect.value as CollectReply);
  });
  return { row: state.reports.get('cin_1'), replies, ignored };
}

/** When each of the inputs comes. */
const at =
  (...seconds: number[]) =>
  (i: number): number =>
    seconds[i] ?? 0;

describe('what a station tells of a person', () => {
  test('is put together in the order of its numbers, and given out once', () => {
    const { row, replies } = run([requested(), ended('accepted'), told(1, false), told(0, true), collected, collected]);
    expect(replies).toEqual([
      { data: 'part 0;part 1;', whole: true },
      { data: undefined, why: 'collected' },
    ]);
    expect(row).toMatchObject({ status: 'completed', content: null });
  });

  test('is not given out before all of it is there', () => {
    expect(run([requested(), told(0, true), collected]).replies).toEqual([{ data: undefined, why: 'not_ready' }]);
  });

  test('can be taken as far as it came, and the missing parts are named', () => {
    const { row, replies } = run([requested(), told(0, true), told(2, false), overdue, collected], (i) =>
      i < 3 ? i : 600,
    );
    expect(row).toMatchObject({ status: 'timed_out', why: expect.stringContaining('parts 1') });
    expect(replies).toEqual([{ data: 'part 0;part 2;', whole: false }]);
  });

  test('is gone after a day', () => {
    const { replies } = run([requested(), told(0, false), collected], (i) => (i < 2 ? i : 86_400));
    expect(replies).toEqual([{ data: undefined, why: 'expired' }]);
  });

  test('is not kept when nobody asked here, or only for its clearing, or beyond the bounds', () => {
    expect(run([told(0, false)]).ignored).toEqual(['unknown']);
    expect(run([requested(), told(0, false, 'x', 8)]).row?.content).toBeNull();
    expect(run([requested(false, true), told(0, false)]).row?.content).toBeNull();
    const { row, ignored } = run([requested(), told(0, true, 'x'.repeat(131_072)), told(1, false, 'y')]);
    expect(ignored.at(-1)).toBe('too_many');
    expect(row?.content).toHaveLength(1);
  });

  test.each([
    ['accepted', 'completed'],
    ['rejected', 'refused'],
    ['failed', 'failed'],
    ['timed_out', 'failed'],
  ] as const)('a clearing that was %s is %s', (status, expected) => {
    expect(run([requested(false, true), ended(status)]).row?.status).toBe(expected);
  });

  test('R4: parts are taken although the answer did not come', () => {
    for (const status of ['timed_out', 'failed', 'cancelled'] as const)
      expect(run([requested(true, true), ended(status), told(0, false)]).row?.status).toBe('completed');
    for (const more of [{ neverSent: true }, { chargerError: true }] as const)
      expect(run([requested(), { ...ended('failed', false), ...more }]).row).toMatchObject({
        status: 'failed',
        dueAt: null,
      });
    expect(run([requested(), ended('rejected'), told(0, false)]).row).toMatchObject({
      status: 'refused',
      content: null,
    });
  });

  test('is waited for from the answer on, however long the command waited for its turn', () => {
    const first = [requested(true, true), ended('accepted'), overdue, told(0, false)];
    expect(run(first, at(0, 100, 219, 219)).row?.status).toBe('completed');
    expect(run([requested(), overdue], at(0, 309)).row?.status).toBe('requested');
    expect(run([requested(), overdue], at(0, 310)).row?.status).toBe('timed_out');
    expect(run([requested(), told(0, true), ended('accepted')], at(0, 10, 100)).row).toMatchObject({
      status: 'receiving',
      dueAt: after(220),
    });
    expect(run([requested(), ended('timed_out')], at(0, 40)).row?.dueAt).toEqual(after(160));
  });

  test('is kept although it was given up: with clear the station tells it only this once', () => {
    const late = run([requested(true, true), overdue, ended('accepted')], at(0, 600, 601));
    expect(late.row).toMatchObject({ status: 'requested', why: null, completedAt: null, dueAt: after(721) });
    const brokeOff = run([requested(), told(0, true), overdue, ended('failed')], at(0, 1, 600, 601));
    expect(brokeOff.row).toMatchObject({ status: 'receiving', why: null, completedAt: null, dueAt: after(721) });
    const inParts = [requested(true, true), overdue, told(0, true), told(1, false), collected];
    const { row, replies } = run(inParts, at(0, 600, 700, 701, 702));
    expect(row).toMatchObject({ status: 'completed', why: null });
    expect(replies).toEqual([{ data: 'part 0;part 1;', whole: true }]);
    expect(run([...inParts.slice(0, 3), overdue, told(1, false)], at(0, 600, 700, 900, 901)).row).toMatchObject({
      status: 'completed',
      dueAt: null,
    });
  });

  test('is kept no more once a day has passed, or once what came was taken', () => {
    const dayLater = run([requested(), overdue, told(0, false)], at(0, 600, 86_400));
    expect([dayLater.row?.content, dayLater.ignored.at(-1)]).toEqual([null, 'unknown']);
    const taken = run([requested(), told(0, true), overdue, collected, told(1, false)], at(0, 1, 600, 601, 602));
    expect([taken.row?.content, taken.ignored.at(-1)]).toEqual([null, 'unknown']);
  });

  test('in whatever order: it is given out at most once, and nothing stays behind that was', () => {
    const inputs = fc.constantFrom(
      requested(),
      requested(),
      ended('accepted'),
      told(0, true),
      told(1, false),
      collected,
      overdue,
    );
    fc.assert(
      fc.property(fc.array(inputs, { maxLength: 15 }), (some) => {
        const { row, replies } = run(some, (i) => i * 200);
        const given = replies.filter(({ data }) => data !== undefined);
        expect(given.length).toBeLessThanOrEqual(1);
        if (given.length === 1) expect(row).toMatchObject({ content: null, collectedAt: expect.any(Date) });
      }),
    );
  });
});
