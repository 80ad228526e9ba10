/** What is forgotten of commands, and of what they were about; what must stay, however old it is. */
import { afterAll, expect, test } from '@jest/globals';
import { forgetCommands } from '../../src/commands/index.ts';
import { forgetFirmwareRequests } from '../../src/firmware/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { forgetQuarantined } from '../../src/quarantine/index.ts';
import { forgetSecurityEvents } from '../../src/security-events/index.ts';
import { forgetProfiles } from '../../src/smart-charging/index.ts';
import { testDatabase } from '../support/db.ts';
import { createWorld } from '../support/world.ts';

const db = await testDatabase();
afterAll(() => db.close());

const { organizationId, chargePoints } = await createWorld(db, { chargePoints: 1 });
const chargePointId = chargePoints[0]?.id ?? '';
const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);

async function command(more: { requestedBy?: string; open?: true } = {}): Promise<string> {
  const id = newId('cmd');
  const { requestedBy = 'key_1', open } = more;
  const [now, about] = [new Date(), { organizationId, chargePointId, action: 'Reset', payload: {}, timeoutS: 30 }];
  const ended = { status: 'accepted', completedAt: now };
  const waits = { status: 'queued', dueAt: inDays(30) };
  await db.prisma.command.create({
    data: { id, ...about, requestedBy, createdAt: now, ...(open === true ? waits : ended) },
  });
  return id;
}
const left = async (...ids: string[]): Promise<string[]> =>
  (await db.prisma.command.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } })).map(({ id }) => id);

test('commands go after their time, those of the system after a month; what is open stays', async () => {
  const asked = await command();
  const ofSystem = await command({ requestedBy: 'system' });
  const open = await command({ open: true });
  await forgetCommands(db, inDays(29), 365);
  expect(await left(asked, ofSystem, open)).toEqual([asked, ofSystem, open]);
  await forgetCommands(db, inDays(31), 365);
  expect(await left(asked, ofSystem, open)).toEqual([asked, open]);
  await forgetCommands(db, inDays(366), 0);
  expect(await left(asked, open)).toEqual([asked, open]);
  await forgetCommands(db, inDays(366), 365);
  expect(await left(asked, open)).toEqual([open]);
});

test('a short time holds for those of the system and for bulks too, which say what became of their commands', async () => {
  const ofSystem = await command({ requestedBy: 'system' });
  const bulkId = newId('blk');
  const about = { organizationId, request: {}, requestedBy: 'key_1', timeoutS: 30, matched: 1, createdAt: new Date() };
  await db.prisma.commandBulk.create({ data: { id: bulkId, ...about } });
  const member = { bulkId, chargePointId, commandId: await command(), state: 'issued' };
  await db.prisma.commandBulkMember.create({ data: member });
  await forgetCommands(db, inDays(8), 7);
  expect(await left(ofSystem, member.commandId)).toEqual([]);
  expect(await db.prisma.commandBulk.count({ where: { id: bulkId } })).toBe(0);
});

test('a command from which it is known what a charger may draw stays as long as that', async () => {
  const [confirmed, doubtful] = [await command({ requestedBy: 'system' }), await command({ requestedBy: 'system' })];
  await db.prisma.loadLine.create({
    data: {
      ...{
        chargePointId,
        organizationId,
        siteId: 'site_1',
        target: 6,
        ceiling: 16,
        reason: 'share',
        updatedAt: new Date(),
      },
      confirmed: { commandId: confirmed, unit: 'A', tenths: 60, at: 0 },
      inFlight: [{ commandId: doubtful, unit: 'A', tenths: 160, at: 0, doubtful: true }],
    },
  });
  await forgetCommands(db, inDays(500), 365);
  expect(await left(confirmed, doubtful)).toEqual([confirmed, doubtful]);
  await db.prisma.loadLine.delete({ where: { chargePointId } });
  await forgetCommands(db, inDays(500), 365);
  expect(await left(confirmed, doubtful)).toEqual([]);
});

test('messages in quarantine and security events go after the days that are set; 0: never', async () => {
  const about = { organizationId, chargePointId };
  const message = { protocol: 'ocpp1.6', action: 'StartTransaction', payload: '{}', reason: 'beyond use' };
  await db.prisma.quarantinedMessage.create({
    data: { id: newId('qua'), ...about, ...message, receivedAt: new Date() },
  });
  const told = { type: 'TamperDetectionActivated', critical: true, severity: 'critical', historical: false };
  const at = new Date();
  await db.prisma.securityEvent.create({ data: { id: newId('sev'), ...about, ...told, at, receivedAt: at } });
  for (const forget of [forgetQuarantined, forgetSecurityEvents]) {
    expect(await forget(db, inDays(13), 14)).toBe(0);
    expect(await forget(db, inDays(5000), 0)).toBe(0);
    expect(await forget(db, inDays(15), 14)).toBe(1);
  }
});

test('of what was asked about firmware the newest of each kind stays, and what is still published', async () => {
  const request = async (kind: string, publishedAt: Date | null): Promise<string> => {
    const [id, now] = [newId('fwr'), new Date()];
    const about = { organizationId, chargePointId, kind, commandId: newId('cmd'), signed: false, outcome: 'accepted' };
    await db.prisma.firmwareRequest.create({ data: { id, ...about, publishedAt, createdAt: now, updatedAt: now } });
    return id;
  };
  await request('update', null);
  const kept = [
    await request('update', null),
    await request('publish', new Date()),
    await request('publish', new Date()),
  ];
  expect(await forgetFirmwareRequests(db, inDays(399))).toBe(0);
  expect(await forgetFirmwareRequests(db, inDays(401))).toBe(1);
  const rows = await db.prisma.firmwareRequest.findMany({ where: { chargePointId }, orderBy: { id: 'asc' } });
  expect(rows.map(({ id }) => id)).toEqual(kept);
});

test('charging profiles that no charger holds go; those in force stay', async () => {
  for (const status of ['active', 'replaced']) {
    const [id, now] = [newId('cmd'), new Date()];
    const about = { organizationId, chargePointId, commandId: id, profileId: 1, connectorId: 0, requestedBy: 'key_1' };
    const what = { purpose: 'station_max', stackLevel: 0, profile: {}, status, createdAt: now, updatedAt: now };
    await db.prisma.chargingProfile.create({ data: { id: id.replace('cmd_', 'chp_'), ...about, ...what } });
  }
  expect(await forgetProfiles(db, inDays(399))).toBe(0);
  expect(await forgetProfiles(db, inDays(401))).toBe(1);
  expect(await db.prisma.chargingProfile.count({ where: { chargePointId, status: 'active' } })).toBe(1);
});
