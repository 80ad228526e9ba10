/** A charger that agrees to everything, asked for its diagnostics over REST; gives the address that it was told to send them to. */
import { afterAll } from '@jest/globals';
import type { RunningApp } from '../support/app.ts';
import { type ScriptedCharger, scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';

export function withTokenOf(app: RunningApp) {
  const chargers: ScriptedCharger[] = [];
  afterAll(async () => {
    await Promise.all(chargers.map((charger) => charger.close()));
  });
  return {
    async request(body: Record<string, unknown> = {}) {
      const chargePoint = await app.chargePoint();
      const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, ...chargePoint }, (action) =>
        action === 'GetDiagnostics' ? { fileName: 'said.zip' } : { status: 'Accepted' },
      );
      chargers.push(charger);
      const answer = await app.api<{ id: string; command_id: string }>(
        'POST',
        `/charge-points/${chargePoint.id}/diagnostics`,
        body,
      );
      if (answer.status !== 202) throw new Error(`asking for a file was answered ${JSON.stringify(answer.body)}`);
      const call = await until('the charger is asked', () =>
        charger.asked.find(({ action }) => action === 'GetDiagnostics' || action === 'GetLog'),
      );
      const log = call.payload['log'] as { remoteLocation?: string } | undefined;
      const url = String(call.payload['location'] ?? log?.remoteLocation);
      return {
        url,
        id: answer.body.id,
        commandId: answer.body.command_id,
        chargePointId: chargePoint.id,
        charger,
        payload: call.payload,
      };
    },
    get: async <T>(id: string): Promise<T> => (await app.api<T>('GET', `/uploads/${id}`)).body,
  };
}
