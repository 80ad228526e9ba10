/** A command whose secret cannot be opened any more: a key was taken from the key ring while it waited. */
import { afterAll, expect, test } from '@jest/globals';
import { type CommandAnswer, chargingWorld } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
afterAll(() => world.close());

test('it fails as secret_lost, is never sent, blames no charger, and the next one goes out', async () => {
  const station = await world.station();
  station.charger.goOffline();
  await until('it is offline', async () => !(await station.chargePoint()).connected);
  const { body: secret } = await world.api<CommandAnswer>('POST', `/charge-points/${station.id}/commands?queue=true`, {
    action: 'ChangeConfiguration',
    payload: { key: 'WifiPassword', value: 'very secret' },
  });
  const { body: next } = await world.api<CommandAnswer>('POST', `/charge-points/${station.id}/commands?queue=true`, {
    action: 'ClearCache',
    payload: {},
  });
  const { sealed } = await world.app.db.prisma.command.findUniqueOrThrow({ where: { id: secret.id } });
  expect(sealed).not.toBeNull();
  await world.app.db.prisma.command.update({ where: { id: secret.id }, data: { sealed: `x${sealed ?? ''}` } });
  station.charger.reboot('PowerLoss');
  station.charger.goOnline();
  const shown = async (id: string) => (await world.api<CommandAnswer>('GET', `/commands/${id}`)).body;
  await until('the next one is answered', async () => (await shown(next.id)).status === 'accepted');
  expect(await shown(secret.id)).toMatchObject({
    status: 'failed',
    error: { code: 'secret_lost' },
    result: null,
    sent_at: null,
  });
  expect(station.asked('ChangeConfiguration')).toEqual([]);
  expect((await station.events('command.completed')).map(({ data }) => [data['command_id'], data['status']])).toEqual([
    [secret.id, 'failed'],
    [next.id, 'accepted'],
  ]);
});
