/** What rows of a site mean: what is known of a charger's limit, and what people said of it. */
import { expect, test } from '@jest/globals';
import type { ChargingProfile } from '../../src/ingest/inputs.ts';
import { membersOf } from '../../src/load-management/facts.ts';
import type { CommandFact, MemberRow, SiteRows } from '../../src/load-management/look-store.ts';
import type { Settings } from '../../src/load-management/types.ts';

const now = Date.UTC(2026, 10, 26, 12);
const settings: Settings = {
  ...{ enabled: true, unit: 'A', cap: 1000, phases: 3, voltage: 230, strategy: 'equal', idle: 0, evseMax: 320 },
  ...{ evseMin: null, turnS: 900, holdS: 30, windows: [], priceCap: null, meter: null },
};
const confirmed = { commandId: 'cmd_1', unit: 'A', tenths: 60, at: now - 60_000 } as const;
const member: MemberRow = {
  ...{ id: 'cp_1', connected: true, protocol: 'ocpp1.6', bootedAt: null, connectedAt: null, managed: true },
  ...{ priority: 0, phases: 3, balanced: false, unit: null, minTenths: null, maxTenths: null, confirmed },
  ...{
    inFlight: [],
    sentAt: null,
    failures: 0,
    retryAt: null,
    shares: [],
    target: 60,
    ceiling: 60,
    reason: 'shared',
    isReleased: false,
  },
};
const taken: CommandFact = {
  ...{ id: 'cmd_1', status: 'accepted', sentAt: new Date(now - 61_000), profile: 'active', stackLevel: 1 },
  ...{ phases: null, mayBeCleared: false },
};
const said = (key: string, value: string) => ({ chargePointId: 'cp_1', key, value });
function only(row: Partial<MemberRow>, rows: Partial<SiteRows> = {}) {
  const nothing = { meter: undefined, evses: [], sessions: [], external: [], rivals: [], abilities: [] };
  const all: SiteRows = { ...nothing, commands: [taken], members: [{ ...member, ...row }], ...rows };
  const [found] = membersOf({ settings }, all, now, new Set());
  if (found === undefined) throw new Error('it is of the site');
  return found;
}

test('a limit that a clearing may have taken away is held no more, as far as anybody knows', () => {
  expect(only({}).line.confirmed).toMatchObject({ amount: 60, isGone: false });
  const cleared = { commands: [{ ...taken, mayBeCleared: true }] };
  expect(only({}, cleared).line.confirmed).toMatchObject({ amount: 60, isGone: true });
  expect(only({}, { commands: [] }).line.confirmed).toMatchObject({ isGone: true });
});

test('a rival outranks the level that was sent, whatever it would be today', () => {
  const profile: ChargingProfile = {
    ...{ profileId: 5, connectorId: 0, purpose: 'charge_point_max', stackLevel: 2, kind: 'absolute' },
    schedule: { unit: 'A', periods: [{ startS: 0, limit: 32 }] },
  };
  const rival = { chargePointId: 'cp_1', stackLevel: 2, profile, createdAt: new Date(now) };
  const abilities = [said('ChargeProfileMaxStackLevel', '10')];
  expect(only({}, { rivals: [rival], abilities }).overruled).toBe(true);
  const high = { commands: [{ ...taken, stackLevel: 10 }] };
  expect(only({}, { rivals: [rival], abilities, ...high }).overruled).toBe(false);
});

test('a rival counts while it may hold by the clock of its charger; one of our own level from when it is there', () => {
  const overruled = (more: Partial<ChargingProfile>, stackLevel = 2): boolean => {
    const profile: ChargingProfile = {
      ...{ profileId: 5, connectorId: 0, purpose: 'charge_point_max', stackLevel, kind: 'absolute' },
      schedule: { unit: 'A', periods: [{ startS: 0, limit: 32 }] },
      ...more,
    };
    const rival = { chargePointId: 'cp_1', stackLevel, profile, createdAt: new Date(now - 86_400_000) };
    return only({}, { rivals: [rival] }).overruled;
  };
  const at = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();
  expect([overruled({}), overruled({ validTo: at(-4) }), overruled({ validTo: at(-5) })]).toEqual([true, true, false]);
  expect([overruled({ validFrom: at(5) }), overruled({ validFrom: at(6) })]).toEqual([true, false]);
  expect([overruled({ validFrom: at(6) }, 1), overruled({ validTo: at(-5) }, 1)]).toEqual([true, false]);
  expect([overruled({ validTo: 'never' }), overruled({ validFrom: 'now' })]).toEqual([true, true]);
  const periods = [{ startS: 0, limit: 32 }];
  const schedule = { unit: 'A', startAt: at(-65), durationS: 3600, periods } as const;
  expect(overruled({ schedule })).toBe(false);
  expect(overruled({ schedule: { ...schedule, randomizedDelayS: 60 } })).toBe(true);
  expect(overruled({ schedule: { ...schedule, useLocalTime: true } })).toBe(true);
  expect(overruled({ schedule, kind: 'recurring', recurrency: 'daily' })).toBe(true);
});

test('sessions whose EVSE is not known are of those that are free', () => {
  const session = (evseId: number) => ({
    chargePointId: 'cp_1',
    ...{ evseId, status: 'charging', startedAt: new Date(now) },
  });
  const evses = [1, 2].map((evseId) => ({ chargePointId: 'cp_1', evseId }));
  const demands = (known: SiteRows['evses'], ...of: number[]) =>
    only({}, { evses: known, sessions: of.map(session) }).evses.map(({ evseId, demand }) => [evseId, demand]);
  const both = [
    [1, 'full'],
    [2, 'full'],
  ];
  expect(demands([], 0)).toEqual([[1, 'full']]);
  expect(demands(evses, 0)).toEqual([both[0], [2, 'none']]);
  for (const running of [
    [0, 0],
    [0, 1],
    [2, 0],
    [0, 1, 2],
  ])
    expect(demands(evses, ...running)).toEqual(both);
});

test('a limit in other words than it would be told today is told anew', () => {
  expect(only({}).isOutdated).toBe(false);
  expect(only({}, { abilities: [said('ChargeProfileMaxStackLevel', '10')] }).isOutdated).toBe(true);
  expect(only({}, { abilities: [said('ChargingScheduleAllowedChargingRateUnit', 'Power')] }).isOutdated).toBe(true);
  expect(only({ phases: 1 }).isOutdated).toBe(true);
  expect(only({ phases: 1 }, { commands: [{ ...taken, phases: 1 }] }).isOutdated).toBe(false);
  expect(only({ confirmed: null }).isOutdated).toBe(false);
});

test('what people said of a charger keeps its unit when the charger tells that it takes only watts', () => {
  const watts = { abilities: [said('ChargingScheduleAllowedChargingRateUnit', 'Power')] };
  expect(only({ maxTenths: 320, minTenths: 80 }, watts)).toMatchObject({ max: 320, min: 80 });
  expect(only({ maxTenths: 73_600, unit: 'W' }, watts)).toMatchObject({ max: 320 });
});
