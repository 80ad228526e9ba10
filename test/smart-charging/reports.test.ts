import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChargingProfile, ReportCriteria, SmartChargingInput } from '../../src/ingest/inputs.ts';
import { isSame } from '../../src/smart-charging/machine/drift.ts';
import { decide as decideWith } from '../../src/smart-charging/machine.ts';
import type { ProfileReport, SmartChargingState } from '../../src/smart-charging/types.ts';

const receivedAt = new Date('2026-03-01T10:00:00.000Z');
const about = { room: 'smart_charging', chargePointId: 'cp_1', receivedAt } as const;
const profile = (profileId: number, more: Partial<ChargingProfile> = {}): ChargingProfile => ({
  profileId,
  connectorId: 1,
  purpose: 'tx_default',
  stackLevel: profileId,
  kind: 'relative',
  schedule: { unit: 'A', periods: [{ startS: 0, limit: 16 }] },
  ...more,
});
const ULID = '01KAT3Z6Y8Q0000000000000AA';
const took = (n: number, said = profile(n)): SmartChargingInput => ({
  ...about,
  type: 'command_ended',
  commandId: `cmd_${n}`,
  status: 'accepted',
  why: undefined,
  learned: { about: 'profile_set', profile: said, replacesById: true },
});
const asked = (criteria: ReportCriteria = {}): SmartChargingInput => ({
  ...about,
  type: 'report_requested',
  reportId: `cpr_${ULID}`,
  commandId: 'cmd_r',
  requestId: 5,
  criteria,
  requestedBy: 'key_1',
});
const part = (profiles: ChargingProfile[], tbc = false, source = 'CSO', requestId = 5): SmartChargingInput => ({
  ...about,
  type: 'profiles_reported',
  newId: 'cpr_new',
  requestId,
  tbc,
  source,
  profiles,
});
const answered = (
  status: 'accepted' | 'rejected' | 'failed' | 'timed_out' | 'cancelled',
  none = false,
): Extract<SmartChargingInput, { type: 'command_ended' }> => ({
  ...about,
  type: 'command_ended',
  commandId: 'cmd_r',
  status,
  why: status === 'accepted' ? undefined : 'no',
  learned: status === 'accepted' ? { about: 'profiles_will_come', requestId: 5, none } : undefined,
});
const context = {
  words: (protocol: string, command: object) => ({ action: protocol, payload: { ...command } }),
  commandIdFrom: () => 'cmd_R',
};
const decide = (state: SmartChargingState, input: SmartChargingInput) => decideWith(state, input, context);
const empty: SmartChargingState = { rows: new Map(), reports: new Map() };
const play = (...inputs: SmartChargingInput[]): SmartChargingState =>
  inputs.reduce((state, input) => decide(state, input).state, empty);
const reportOf = (state: SmartChargingState): ProfileReport | undefined => [...state.reports.values()][0];
const rowsOf = (state: SmartChargingState) =>
  [...state.rows.values()].map(({ profileId, status }) => `${profileId} ${status}`).sort();

describe('a report', () => {
  test('is put together from its parts, before and after the answer that announces them', () => {
    const inputs = [took(1), took(2), asked(), part([profile(1)], true), answered('accepted'), part([profile(2)])];
    const state = play(...inputs);
    expect(reportOf(state)).toMatchObject({ status: 'complete', drift: [] });
    expect(rowsOf(state)).toEqual(['1 active', '2 active']);
    expect(reportOf(play(...inputs.slice(0, -1)))).toMatchObject({ status: 'receiving', drift: null });
  });

  test('of nothing is complete at once; one that is refused or never asked for has failed', () => {
    expect(reportOf(play(asked(), answered('accepted', true)))).toMatchObject({ status: 'complete', profiles: [] });
    expect(reportOf(play(asked(), answered('timed_out')))).toMatchObject({ status: 'failed', why: 'no' });
  });

  test.each(['failed', 'timed_out', 'cancelled'] as const)(
    'is waited for when the answer was lost, and then held against what was asked for: %s',
    (status) => {
      const lost = [took(1), asked(), { ...answered(status), isUnanswered: true as const }];
      expect(reportOf(play(...lost))).toMatchObject({ status: 'requested', why: null });
      const state = play(...lost, part([profile(2)], true), part([profile(3)]));
      expect([...state.reports.values()]).toMatchObject([{ status: 'complete', requestedBy: 'key_1' }]);
      expect(rowsOf(state)).toEqual(['1 cleared', '2 active', '3 active']);
    },
  );

  test('waits for its parts from the end of its command on', () => {
    const later = new Date(receivedAt.getTime() + 100_000);
    for (const end of [answered('accepted'), { ...answered('failed'), isUnanswered: true as const }])
      expect(reportOf(play(asked(), { ...end, receivedAt: later }))).toMatchObject({
        ...{ status: 'requested', updatedAt: later },
      });
  });

  test('that nobody asked for is kept, and takes nothing away', () => {
    const state = play(took(1), part([profile(7)], false, 'CSO', 99));
    expect(reportOf(state)).toMatchObject({ requestedBy: 'charge_point', criteria: null });
    expect(rowsOf(state)).toEqual(['1 active', '7 active']);
  });

  test('what is missing, unknown or different is told, and the list follows the charge point', () => {
    const other = profile(2, { schedule: { unit: 'A', periods: [{ startS: 0, limit: 10 }] } });
    const state = play(took(1), took(2), asked(), part([other, profile(3)]), took(4, profile(4)));
    expect(reportOf(state)?.drift).toEqual([
      { profileId: 1, kind: 'missing' },
      { profileId: 3, kind: 'unknown' },
      { profileId: 2, kind: 'different' },
    ]);
    expect(rowsOf(state)).toEqual(['1 cleared', '2 active', '3 active', '4 active']);
    const ids = [...state.rows.keys()];
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is only held against what it was asked for', () => {
    for (const criteria of [
      { connectorId: 2 },
      { stackLevel: 9 },
      { purpose: 'tx' },
      { profileIds: [4] },
      { sources: ['EMS'] },
    ] as const)
      expect(reportOf(play(took(1), asked(criteria), answered('accepted', true)))?.drift).toEqual([]);
    expect(reportOf(play(took(1), asked({ profileIds: [1] }), answered('accepted', true)))?.drift).toHaveLength(1);
  });

  test('limits of others are told and are no drift', () => {
    const theirs = profile(-1, { purpose: 'external_constraints' });
    const state = play(asked(), part([theirs], true, 'EMS'), part([]));
    expect(reportOf(state)).toMatchObject({ drift: [], profiles: [{ source: 'EMS' }] });
    expect(rowsOf(state)).toEqual([]);
  });

  test('a flood of parts is cut off', () => {
    const long = profile(1, {
      schedule: { unit: 'A', periods: Array.from({ length: 1024 }, (_, startS) => ({ startS, limit: 1 })) },
    });
    const flood = Array.from({ length: 40 }, () => part([long], true));
    const periods = reportOf(play(asked(), ...flood))?.profiles.length ?? 0;
    expect(periods).toBeLessThan(20);
  });

  test('however parts and answer are mixed, it is complete once all has come, and only then', () => {
    const profiles = [1, 2, 3, 4].map((n) => profile(n));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 4 }), (at, size) => {
        const parts: SmartChargingInput[] = [];
        for (let i = 0; i < profiles.length; i += size)
          parts.push(part(profiles.slice(i, i + size), i + size < profiles.length));
        const inputs = [asked(), ...parts];
        inputs.splice(1 + Math.min(at, parts.length), 0, answered('accepted'));
        let state = empty;
        let left = parts.length;
        for (const input of inputs) {
          state = decide(state, input).state;
          if (input.type === 'profiles_reported') left -= 1;
          expect(reportOf(state)?.status === 'complete').toBe(left === 0);
        }
      }),
    );
  });
});

test('spelling is no difference', () => {
  const ours = profile(1, {
    kind: 'absolute',
    schedule: { ...profile(1).schedule, startAt: '2026-01-01T00:00:00.000Z' },
  });
  const { schedule } = ours;
  const theirs = {
    ...ours,
    schedule: {
      ...schedule,
      id: 9,
      startAt: '2026-01-01T01:00:00+01:00',
      periods: [{ startS: 0, limit: 16, phases: 3 }],
    },
  };
  expect(isSame(ours, theirs)).toBe(true);
  expect(isSame(ours, { ...theirs, schedule: { ...theirs.schedule, durationS: 60 } })).toBe(false);
});

describe('a dynamic profile', () => {
  const dynamic = profile(4, {
    kind: 'dynamic',
    schedule: { unit: 'W', periods: [{ startS: 0, limit: 100, dischargeLimit: -5 }] },
  });
  const values = (type: 'values_given' | 'values_pulled', profileId = 4) =>
    ({ ...about, type, profileId, rates: { limit: 50 } }) as SmartChargingInput;

  test('has the values that it was given last, and the rest stays', () => {
    const state = play(took(4, dynamic), values('values_given'));
    expect(decide(state, values('values_pulled')).effects).toEqual([
      { do: 'reply', value: { rates: { limit: 50, dischargeLimit: -5 } } },
    ]);
    expect([...state.rows.values()][0]?.profile.updatedAt).toBe(receivedAt.toISOString());
  });

  test('that is none, or unknown, is refused', () => {
    for (const state of [empty, play(took(4))]) {
      expect(decide(state, values('values_pulled')).effects).toEqual([{ do: 'reply', value: undefined }]);
      expect(decide(state, values('values_given')).ignored).toBe('unknown');
    }
  });
});
