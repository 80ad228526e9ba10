/** OCPP 2.0.1 K15, K17, 2.1 K18, K19, Q01 NotifyEVChargingNeeds: what an EV asks for; how it is answered is a setting. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import { readChargingNeeds } from '../charging-needs.ts';
import { readEvseId } from '../fields.ts';
import type { V2Needs } from '../needs.ts';

const ANSWERS = {
  accepted: 'Accepted',
  processing: 'Processing',
  rejected: 'Rejected',
  no_profile: 'NoChargingProfile',
} as const;

export const notifyEvChargingNeeds = ({
  door,
  newId,
  clocks,
  protocol,
}: Pick<V2Needs, 'door' | 'newId' | 'clocks' | 'protocol'>): FromCharger => ({
  action: 'NotifyEVChargingNeeds',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const evseId = readEvseId(payload['evseId']);
    if (evseId === undefined || evseId === 0) throw new UnusableMessage('it names no EVSE');
    const answer = await door(
      {
        room: 'charging_needs',
        type: 'needs_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        needsId: newId('nds'),
        evseId,
        needs: readChargingNeeds(payload['chargingNeeds'], payload['maxScheduleTuples']),
        knowsNoProfile: protocol === 'ocpp2.1',
        at: clocks.read(payload['timestamp'], call),
      },
      traceId,
    );
    return { status: ANSWERS[answer] };
  },

  // Nobody will send a profile for what could not be read.
  minimal: () => ({ status: protocol === 'ocpp2.1' ? 'NoChargingProfile' : 'Rejected' }),
});
