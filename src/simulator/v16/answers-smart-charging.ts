/** How an OCPP 1.6 charger answers about charging profiles (§5.5, §5.7, §5.16). */
import { type Answering, badField, knows, numberOf, result } from './answering.ts';

export const smartCharging: Readonly<Record<string, Answering>> = {
  SetChargingProfile(payload, controls, { profiles }) {
    const connectorId = numberOf(payload['connectorId']);
    if (connectorId === undefined || payload['csChargingProfiles'] === undefined)
      return badField('connectorId or csChargingProfiles');
    if (!knows(controls, connectorId)) return result({ status: 'Rejected' });
    return result({ status: profiles.set(connectorId, payload['csChargingProfiles'], controls) });
  },
  ClearChargingProfile: (payload, controls, { profiles }) => result({ status: profiles.clear(payload, controls) }),
  GetCompositeSchedule(payload, controls, { profiles }) {
    const connectorId = numberOf(payload['connectorId']);
    const duration = numberOf(payload['duration']);
    if (connectorId === undefined || duration === undefined) return badField('connectorId or duration');
    const schedule = profiles.composite(connectorId, duration, payload['chargingRateUnit'], controls);
    return result(schedule === undefined ? { status: 'Rejected' } : { status: 'Accepted', ...schedule });
  },
};
