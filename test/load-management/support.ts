/** A whole server for chargers that share a supply; what is connected to it is closed with it. */
import { afterAll } from '@jest/globals';
import { startApp } from '../support/app.ts';
import { type Answering, type ScriptedCharger, scriptedCharger } from '../support/scripted-charger.ts';
import { stationsOf } from '../support/scripted-station.ts';

export async function loadWorld() {
  const app = await startApp();
  const stations = stationsOf(app);
  const chargers: ScriptedCharger[] = [];
  afterAll(async () => {
    await Promise.all([stations.closeAll(), ...chargers.map((charger) => charger.close())]);
    await app.stop();
  });
  return {
    app,
    /** Of OCPP 1.6, with an outlet that is free. */
    async charger(
      one: { readonly identity: string; readonly key: string },
      answering: Answering,
    ): Promise<ScriptedCharger> {
      const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, ...one }, answering);
      chargers.push(charger);
      await charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
      return charger;
    },
    /** Of OCPP 2. */
    station: stations.station,
    /** Limits are taken back where nobody shares any more. */
    release: () => app.runJob('site_loads_left'),
    /** How often it was to be asked so, whether or not that has reached it yet. */
    commands: (chargePointId: string, action: 'SetChargingProfile' | 'ClearChargingProfile'): Promise<number> =>
      app.db.prisma.command.count({ where: { chargePointId, action } }),
  };
}
