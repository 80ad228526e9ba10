/** The server ends and another begins in every state of an update: what was going on goes on, told once, asked once. */
import { afterAll, expect, test } from '@jest/globals';
import { type RunningApp, startApp } from '../support/app.ts';
import { testDatabase } from '../support/db.ts';
import { type ScriptedStation, scriptedStation } from '../support/scripted-station.ts';
import { firmwareConfig } from '../support/uploads.ts';
import { firmwareOf } from './rig.ts';

const db = await testDatabase({ poolSize: 12 });
const files = firmwareConfig();
let app: RunningApp = await startApp({ db, firmware: files });
let station: ScriptedStation = await scriptedStation(app, { protocol: 'ocpp2.0.1' });
afterAll(async () => {
  await station.close();
  await app.stop();
  await db.close();
});

/** As if it were another process: nothing but the database and the folder stays. */
async function restart(): Promise<void> {
  await station.close();
  await app.stop();
  app = await startApp({ db, firmware: files, beside: app });
  station = await scriptedStation(app, { protocol: 'ocpp2.0.1', again: station, boots: false });
}

test('scheduled, sent, downloading, failed, downloaded, verifying, installing, installed: each with another server', async () => {
  let firmware = firmwareOf(app);
  const imageId = await firmware.image();
  const { id: chargePointId } = station;
  await station.close();
  const { id } = await firmware.update(chargePointId, imageId, { max_attempts: 2, retry_delay_s: 1 });
  await restart();
  let asked = await station.next('UpdateFirmware');
  const tell = async (status: string, expected: string): Promise<void> => {
    await station.tell('FirmwareStatusNotification', { status, requestId: asked['requestId'] });
    await restart();
    firmware = firmwareOf(app);
    expect((await firmware.get(id)).status).toBe(expected);
  };
  await restart();
  expect((await firmwareOf(app).get(id)).status).toBe('sent');
  await tell('Downloading', 'downloading');
  await station.tell('FirmwareStatusNotification', { status: 'DownloadFailed', requestId: asked['requestId'] });
  await restart();
  asked = await station.next('UpdateFirmware');
  const link = new URL(String((asked['firmware'] as { location: string }).location));
  await tell('Downloading', 'downloading');
  // The link of before, at the port of the server that runs now.
  const fetched = await fetch(`${app.url}${link.pathname}`);
  expect([fetched.status, (await fetched.arrayBuffer()).byteLength]).toEqual([200, 600_000]);
  await tell('Downloaded', 'downloaded');
  await tell('SignatureVerified', 'verifying');
  await tell('Installing', 'installing');
  await tell('Installed', 'installed');
  expect(await firmware.get(id)).toMatchObject({ verified: null, attempts: 2 });
  const boot = { model: 'M', vendorName: 'V', firmwareVersion: '2.0.0' };
  await station.tell('BootNotification', { reason: 'PowerUp', chargingStation: boot });
  expect(await firmware.get(id)).toMatchObject({ verified: true, error: null, booted_version: '2.0.0' });
  const told = await db.prisma.domainEvent.findMany({
    where: { chargePointId, type: { startsWith: 'firmware.' } },
    orderBy: { sequence: 'asc' },
  });
  expect(told.map(({ type }) => type)).toEqual(['firmware.update_started', 'firmware.update_completed']);
});
