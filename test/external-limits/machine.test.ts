import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../../src/external-limits/machine.ts';
import type { ExternalLimitState } from '../../src/external-limits/types.ts';
import type { ExternalLimitInput } from '../../src/ingest/inputs.ts';

const about = {
  room: 'external_limits',
  chargePointId: 'cp_1',
  receivedAt: new Date('2026-03-01T10:00:00.000Z'),
} as const;
let n = 0;
const set = (source: string, evseId = 0, limit = 10): ExternalLimitInput => ({
  ...about,
  type: 'limit_reported',
  limitId: `xlm_${String(n++).padStart(6, '0')}`,
  evseId,
  source,
  isGridCritical: undefined,
  isLocalGeneration: undefined,
  schedules: [{ unit: 'A', periods: [{ startS: 0, limit }] }],
});
const clear = (source: string, evseId?: number): ExternalLimitInput => ({
  ...about,
  type: 'limit_cleared',
  source,
  evseId,
});
const empty: ExternalLimitState = { limits: new Map() };
const play = (...inputs: ExternalLimitInput[]) => inputs.reduce((state, input) => decide(state, input).state, empty);
const statuses = (state: ExternalLimitState) =>
  [...state.limits.values()].map(({ source, evseId, status }) => `${source} ${evseId} ${status}`);

test('a limit holds until its source sets another one at that place, or clears it', () => {
  expect(statuses(play(set('EMS'), set('SO'), set('EMS', 1), set('EMS', 0, 5)))).toEqual([
    'EMS 0 replaced',
    'SO 0 active',
    'EMS 1 active',
    'EMS 0 active',
  ]);
  expect(statuses(play(set('EMS'), set('EMS', 1), clear('EMS', 1)))).toEqual(['EMS 0 active', 'EMS 1 cleared']);
  expect(statuses(play(set('EMS'), set('EMS', 1), set('SO'), clear('EMS')))).toEqual([
    'EMS 0 cleared',
    'EMS 1 cleared',
    'SO 0 active',
  ]);
});

test('what is said again is no other limit, and begins anew if it has no start of its own', () => {
  const later = new Date(about.receivedAt.getTime() + 900_000);
  const again = (startAt?: string) => {
    const limit = { ...set('EMS'), schedules: [{ unit: 'A', periods: [], ...(startAt !== undefined && { startAt }) }] };
    return decide(play(limit as ExternalLimitInput), { ...limit, receivedAt: later } as ExternalLimitInput);
  };
  expect([...again().state.limits.values()]).toMatchObject([{ status: 'active', reportedAt: later }]);
  expect(again('2026-03-01T10:00:00Z').ignored).toBe('duplicate');
});

test('what is unknown clears nothing', () => {
  expect(decide(play(set('EMS')), clear('SO')).ignored).toBe('unknown');
});

test('one of each source and place holds at most, and never more than a hundred', () => {
  const source = fc.integer({ min: 0, max: 200 }).map((i) => `S${i}`);
  const input = fc.oneof(
    fc.tuple(source, fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 5 })).map((args) => set(...args)),
    source.map((each) => clear(each)),
  );
  fc.assert(
    fc.property(fc.array(input, { maxLength: 300, size: 'max' }), (inputs) => {
      const active = [...play(...inputs).limits.values()].filter(({ status }) => status === 'active');
      expect(active.length).toBeLessThanOrEqual(100);
      expect(new Set(active.map(({ source: by, evseId }) => `${by} ${evseId}`)).size).toBe(active.length);
    }),
    { numRuns: 20 },
  );
});
