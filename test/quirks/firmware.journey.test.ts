/** Quirks of chargers with new firmware. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { firmwareOf } from '../firmware-updates/rig.ts';
import { chargingWorld } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
const firmware = firmwareOf(world.app);
afterEach(() => world.closeChargers());
afterAll(() => world.close());

describe('U1: a charger says that it has installed firmware, and boots with that of before', () => {
  test.each(['1.6', '2.0.1'] as const)(
    '%s: it is found out when no other boot comes in a day, and told as failed',
    async (version) => {
      const station = await world.station({ version, misbehave: ['U1'] });
      const image = await firmware.image();
      const { id } = await firmware.update(station.id, image);
      expect(await firmware.reaches(id, 'installed', 'install_failed')).toMatchObject({
        verified: null,
        failed_at: null,
      });
      await world.app.db.prisma.firmwareUpdate.update({ where: { id }, data: { dueAt: new Date(0) } });
      const update = await until('it has failed', async () => {
        const { body } = await world.api<Record<string, unknown>>('GET', `/firmware-updates/${id}`);
        return body['failed_at'] === null ? undefined : body;
      });
      expect(update).toMatchObject({
        status: 'installed',
        verified: false,
        error: { code: 'version_unchanged', message: expect.stringContaining('booted with') },
        failed_at: expect.any(String),
      });
      const told = (await station.events()).map(({ type }) => type).filter((type) => type.startsWith('firmware.'));
      expect(told).toEqual(['firmware.update_started', 'firmware.update_completed', 'firmware.update_failed']);
      const failed = await world.api<{ data: object[] }>(
        'GET',
        `/firmware-updates?failed=true&charge_point_id=${station.id}`,
      );
      expect(failed.body.data).toMatchObject([{ id }]);
    },
  );
});
