/** OCPP 2.0.1 F01, F02: RequestStartTransaction. */
import type { ToCharger } from '../../contract.ts';
import { profileFromWire } from '../charging-profile.ts';

export const requestStartTransaction: ToCharger = {
  action: 'RequestStartTransaction',
  accepted: ({ status }) => status === 'Accepted',
  // K05: a profile that it brings is for the session that begins.
  learn({ evseId, chargingProfile }) {
    const profile = profileFromWire(evseId, chargingProfile);
    return profile === undefined ? undefined : { about: 'profile_set', profile, replacesById: true };
  },
  example: { remoteStartId: 4711, idToken: { idToken: '04A2B3C4D5E6', type: 'ISO14443' }, evseId: 1 },
};
