/** OCPP 2.1 K28.FR.10–12 PullDynamicScheduleUpdate: the station fetches the values of a dynamic profile that we keep for it. */
import type { FromCharger } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { MOST_INT32, readInteger } from '../../reading.ts';
import { ratesToWire } from '../charging-profile.ts';

export const pullDynamicScheduleUpdate = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'PullDynamicScheduleUpdate',

  async handle({ payload, link, receivedAt, traceId }) {
    const profileId = readInteger(payload['chargingProfileId'], -MOST_INT32 - 1, MOST_INT32);
    const refused = { status: 'Rejected', statusInfo: { reasonCode: 'InvalidProfile' } };
    if (profileId === undefined) return refused;
    const { chargePointId } = link;
    const values = await door(
      { room: 'smart_charging', type: 'values_pulled', chargePointId, receivedAt, profileId },
      traceId,
    );
    return values === undefined ? refused : { status: 'Accepted', scheduleUpdate: ratesToWire(values.rates) };
  },

  minimal: () => ({ status: 'Rejected' }),
});
