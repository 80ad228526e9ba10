/** OCPP 1.6 §5.11 RemoteStartTransaction. Accepted only means that the charger will try: a session is the proof (X11). */
import type { ToCharger } from '../../contract.ts';
import { profileFromWire } from '../charging-profile.ts';

export const remoteStartTransaction: ToCharger = {
  action: 'RemoteStartTransaction',
  accepted: ({ status }) => status === 'Accepted',
  learn({ connectorId, chargingProfile }) {
    const profile = profileFromWire(connectorId, chargingProfile);
    return profile === undefined ? undefined : { about: 'profile_set', profile };
  },
  example: { connectorId: 1, idTag: '04A1B2C3' },
};
