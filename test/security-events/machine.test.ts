import { expect, test } from '@jest/globals';
import type { SecurityEventInput } from '../../src/ingest/inputs.ts';
import { decide } from '../../src/security-events/machine.ts';
import { classify, type SecurityEventState } from '../../src/security-events/types.ts';

const receivedAt = new Date('2026-03-01T10:00:00.000Z');
const at = new Date('2026-03-01T09:00:00.000Z');
const nothing: SecurityEventState = { known: new Set(), added: [] };
const report = (more: Partial<SecurityEventInput> = {}): SecurityEventInput => ({
  room: 'security_events',
  type: 'security_event_reported',
  chargePointId: 'cp_1',
  receivedAt,
  securityEventId: 'sev_1',
  eventType: 'tamperdetectionactivated',
  at: { at, raw: at.toISOString(), plausible: true, historical: true },
  ...more,
});

test('a report becomes a row and an event, in the official spelling', () => {
  const { state, effects } = decide(nothing, report({ techInfo: 'cover' }));
  expect(state.added).toEqual([
    {
      id: 'sev_1',
      type: 'TamperDetectionActivated',
      critical: true,
      severity: 'critical',
      at,
      rawAt: null,
      historical: true,
      techInfo: 'cover',
      receivedAt,
    },
  ]);
  expect(effects).toMatchObject([
    { do: 'emit', event: { type: 'security.event', historical: true, data: { security_event_id: 'sev_1' } } },
  ]);
});

test('a report that is repeated is one; with other words or at another time it is another', () => {
  const { state } = decide(nothing, report());
  expect(decide(state, report({ securityEventId: 'sev_2' }))).toMatchObject({ ignored: 'duplicate', effects: [] });
  expect(decide(state, report({ techInfo: 'x' })).effects).toHaveLength(1);
  expect(decide(state, report({ at: { ...report().at, at: receivedAt } })).effects).toHaveLength(1);
});

test('a report without a sane time is always kept, with what the charger wrote', () => {
  const odd = report({ at: { at: receivedAt, raw: 'yesterday', plausible: false, historical: false } });
  const { state } = decide(nothing, odd);
  expect(decide(state, odd).state.added).toHaveLength(2);
  expect(state.added[0]?.rawAt).toBe('yesterday');
});

test.each([
  ['StartupOfTheDevice', true, 'info'],
  ['SettingSystemTime', true, 'info'],
  ['MemoryExhaustion', true, 'warning'],
  ['AttemptedReplayAttacks', false, 'critical'],
  ['InvalidMessages', false, 'warning'],
  ['com.example.Smoke', false, 'warning'],
])('%s: critical %s, severity %s', (type, critical, severity) => {
  expect(classify(type)).toEqual({ type, critical, severity });
});
