import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCharger } from '../../src/simulator/index.ts';
import { type RunningApp, startApp } from '../support/app.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

type Listed = { data: { id: string; type: string; severity: string; tech_info: string | null }[] };

test('what a charger reports stands in both lists, once, and becomes an event; filters hold', async () => {
  const { id, identity } = await app.chargePoint({ security_profile: 0 });
  const charger = createCharger({ url: app.ocppUrl, identity });
  charger.start();
  await charger.whenBooted();
  const timestamp = new Date(Date.now() - 1000).toISOString();
  const tampered = { type: 'TamperDetectionActivated', timestamp, techInfo: 'cover open' };
  for (const payload of [tampered, { type: 'StartupOfTheDevice', timestamp }, tampered]) {
    expect(await charger.call('SecurityEventNotification', payload)).toEqual({ outcome: 'result', result: {} });
  }
  await charger.close();

  const all = await app.api<Listed>('GET', '/security-events');
  expect(all.body.data.map(({ type }) => type)).toEqual(['StartupOfTheDevice', 'TamperDetectionActivated']);
  const own = await app.api<Listed>('GET', `/charge-points/${id}/security-events?severity=critical`);
  expect(own.body.data).toMatchObject([{ type: 'TamperDetectionActivated', tech_info: 'cover open' }]);
  const none = await app.api<Listed>('GET', `/security-events?from=${new Date(Date.now() + 60_000).toISOString()}`);
  expect(none.body.data).toEqual([]);
  const page = await app.api<Listed & { next_cursor: string }>('GET', '/security-events?limit=1');
  const second = await app.api<Listed>('GET', `/security-events?limit=1&cursor=${page.body.next_cursor}`);
  expect(second.body.data[0]?.type).toBe('TamperDetectionActivated');
  const events = await app.db.prisma.domainEvent.findMany({ where: { type: 'security.event', chargePointId: id } });
  expect(events).toHaveLength(2);
  expect((await app.api('GET', '/charge-points/cp_01KAT3Z6Y8Q0000000000000AA/security-events')).status).toBe(404);
  expect((await app.api('GET', '/security-events?severity=loud')).status).toBe(400);
});
