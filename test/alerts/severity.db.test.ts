/** Alerts of rules that give a severity themselves: what gets worse is told as what it is now, once, to whoever wants to hear of that. */
import { expect, test } from '@jest/globals';
import { newId } from '../../src/platform/ids.ts';
import { DAY, servedWorld } from './support.ts';

const START = new Date('2026-06-01T00:00:00.000Z');
const world = await servedWorld(START);
const { db, certificate } = world;

const sweepAt = async (seconds: number) => {
  world.turn(seconds);
  await world.sweep(['certificate_expiring', 'monitor_condition']);
  await world.sweep(['certificate_expiring', 'monitor_condition']);
};
const lives = async (organizationId: string) =>
  (await world.alertsOf({ organizationId })).map(({ severity, status, resolution }) => [severity, status, resolution]);
const told = async (organizationId: string) =>
  (await world.told(organizationId)).map(({ type, data }) => [type, data['severity'], data['resolution'] ?? null]);
const mailsTo = async (recipientId: string) =>
  (await db.prisma.alertEmail.findMany({ where: { recipientId }, orderBy: { alertId: 'asc' } })).map(
    ({ alertId, kind }) => [alertId, kind],
  );

async function place() {
  world.turn(0);
  const organizationId = await world.organization();
  return { organizationId, chargePointId: await world.chargePoint(organizationId) };
}
type Place = Awaited<ReturnType<typeof place>>;
async function recipient({ organizationId }: Place, minSeverity: string): Promise<string> {
  const id = newId('alt');
  await db.prisma.alertRecipient.create({
    data: {
      ...{ id, organizationId, email: `${minSeverity}@a.test`, minSeverity, resolved: true, active: true },
      ...{ createdBy: 'usr_1', createdAt: START, updatedAt: START },
    },
  });
  return id;
}
const monitor = (at: Place, severity: number) =>
  db.prisma.deviceCondition.create({
    data: {
      ...{ ...at, key: 'Connector@1.2.Temperature', monitorId: 7, state: 'alerting', severity },
      ...{ origin: 'custom_monitor', openedAt: START, lastAt: START, occurrences: 1, value: '91', eventId: 'dev_1' },
    },
  });
const reports = ({ chargePointId }: Place, seconds: number, change: object) =>
  db.prisma.deviceCondition.updateMany({ where: { chargePointId }, data: { lastAt: world.at(seconds), ...change } });
const set = ({ organizationId }: Place, rule: string, settings: object) =>
  db.prisma.alertRule.create({
    data: { organizationId, rule, scopeId: '', updatedAt: START, updatedBy: 'usr_1', ...settings },
  });

test('a certificate that nobody renews is a warning at first and critical in the end: the one gives way to the other', async () => {
  const at = await place();
  const { organizationId } = at;
  const [all, few] = [await recipient(at, 'warning'), await recipient(at, 'critical')];
  await certificate(at, 20 * DAY);
  await sweepAt(5);
  expect([await lives(organizationId), await mailsTo(few)]).toEqual([[['warning', 'triggered', null]], []]);
  await sweepAt(16 * DAY);
  expect(await lives(organizationId)).toHaveLength(1);

  await sweepAt(17 * DAY);
  expect(await lives(organizationId)).toEqual([
    ['warning', 'resolved', 'superseded'],
    ['critical', 'triggered', null],
  ]);
  expect(await told(organizationId)).toEqual([
    ['alert.triggered', 'warning', null],
    ['alert.resolved', 'warning', 'superseded'],
    ['alert.triggered', 'critical', null],
  ]);
  const [before, now] = await world.alertsOf({ organizationId });
  expect(now?.since).toEqual(before?.since);
  expect(await mailsTo(few)).toEqual([[now?.id, 'triggered']]);
  expect(await mailsTo(all)).toEqual([
    [before?.id, 'triggered'],
    [now?.id, 'triggered'],
  ]);

  await sweepAt(19 * DAY);
  expect(await told(organizationId)).toHaveLength(3);
});

test('a monitor that reports worse rises at once, however long it has to last, and falls no more while it is alerting', async () => {
  const at = await place();
  const { organizationId } = at;
  await set(at, 'monitor_condition', { threshold: 9, forS: 60 });
  await monitor(at, 8);
  await sweepAt(70);
  expect(await lives(organizationId)).toEqual([['info', 'triggered', null]]);
  const reported = [5, 6, 2, 5, 2, 0];
  for (const [i, severity] of reported.entries()) {
    await reports(at, 80 + i * 10, { severity });
    await sweepAt(80 + i * 10);
  }
  expect(await lives(organizationId)).toEqual([
    ['info', 'resolved', 'superseded'],
    ['warning', 'resolved', 'superseded'],
    ['critical', 'triggered', null],
  ]);
  await reports(at, 140, { state: 'cleared' });
  await sweepAt(140);
  expect((await lives(organizationId)).at(-1)).toEqual(['critical', 'resolved', 'auto']);
});

test('the severity that the organization set stays what it is', async () => {
  const at = await place();
  await set(at, 'certificate_expiring', { severity: 'info' });
  await set(at, 'monitor_condition', { severity: 'warning' });
  await certificate(at, 20 * DAY);
  await monitor(at, 5);
  await sweepAt(5);
  await reports(at, 10, { severity: 0 });
  await sweepAt(18 * DAY);
  expect((await lives(at.organizationId)).sort()).toEqual([
    ['info', 'triggered', null],
    ['warning', 'triggered', null],
  ]);
});

test('what gets worse in maintenance is told when that is over; what a person ended by hand is quiet', async () => {
  const [at, ended] = [await place(), await place()];
  await Promise.all([certificate(at, 20 * DAY), certificate(ended, 20 * DAY)]);
  await sweepAt(5);
  const [alert] = await world.alertsOf({ organizationId: ended.organizationId });
  const note = { commentId: newId('alc'), author: 'usr_1', text: null };
  await world.submit({
    ...{ room: 'alerts', type: 'resolved', chargePointId: ended.chargePointId, receivedAt: world.now() },
    ...{ alertId: alert?.id ?? '', note },
  });
  await db.prisma.maintenanceWindow.create({
    data: {
      ...{ id: newId('mtw'), organizationId: at.organizationId, scopeId: '', repeats: 'never', timezone: 'UTC' },
      ...{ startsAt: world.at(16 * DAY), endsAt: world.at(18 * DAY) },
      ...{ createdBy: 'u', createdAt: START, updatedAt: START },
    },
  });
  await sweepAt(17.5 * DAY);
  expect(await lives(at.organizationId)).toEqual([['warning', 'triggered', null]]);
  await sweepAt(18 * DAY);
  expect((await lives(at.organizationId)).at(-1)).toEqual(['critical', 'triggered', null]);
  expect(await lives(ended.organizationId)).toEqual([['warning', 'resolved', 'manual']]);
});

test('what got worse while it waited opens as what it is by then', async () => {
  const at = await place();
  await set(at, 'certificate_expiring', { forS: DAY });
  await certificate(at, 3.5 * DAY);
  await sweepAt(5);
  expect(await lives(at.organizationId)).toEqual([['warning', 'pending', null]]);
  await sweepAt(DAY + 10);
  expect(await lives(at.organizationId)).toEqual([['critical', 'triggered', null]]);
});
