/** OCPP 2.0.1 K09.FR.01, FR.02 ReportChargingProfiles: one part of the answer to GetChargingProfiles; the parts have no numbers, but a tbc. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { MOST_INT32, readInteger, readList, readText, readUpTo } from '../../reading.ts';
import { profileFromWire } from '../charging-profile.ts';

/** One more than a whole report may have: what is cut is too much, and never taken for all that there is. */
const MOST_IN_PART = 20_001;

export const reportChargingProfiles = ({ door, newId }: Pick<Needs, 'door' | 'newId'>): FromCharger => ({
  action: 'ReportChargingProfiles',

  async handle({ payload, link, receivedAt, traceId }) {
    const requestId = readInteger(payload['requestId'], -MOST_INT32 - 1, MOST_INT32);
    if (requestId === undefined) throw new UnusableMessage('there is no requestId');
    await door(
      {
        room: 'smart_charging',
        type: 'profiles_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        newId: newId('cpr'),
        requestId,
        tbc: payload['tbc'] === true,
        source: readText(payload['chargingLimitSource'], 20) ?? 'Other',
        profiles: readUpTo(readList(payload['chargingProfile']), MOST_IN_PART, (each) => {
          const profile = profileFromWire(payload['evseId'], each);
          return profile === undefined ? [] : [profile];
        }),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
