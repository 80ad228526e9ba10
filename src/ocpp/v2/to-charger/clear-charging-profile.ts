/** OCPP 2.0.1 K10: ClearChargingProfile. */
import type { Learned } from '../../../ingest/inputs.ts';
import type { ToCharger } from '../../contract.ts';
import { readCriteria } from '../../profile-criteria.ts';
import { readRecord } from '../../reading.ts';
import { purposeFromWire } from '../charging-profile.ts';

function cleared(payload: Readonly<Record<string, unknown>>, more: { readonly none?: true } = {}): Learned | undefined {
  const { evseId, chargingProfilePurpose, stackLevel } = readRecord(payload['chargingProfileCriteria']);
  const said = {
    profileId: payload['chargingProfileId'],
    connectorId: evseId,
    purpose: chargingProfilePurpose,
    stackLevel,
  };
  const criteria = readCriteria(said, purposeFromWire);
  return criteria && { about: 'profiles_cleared', ...criteria, ...more };
}

export const clearChargingProfile: ToCharger = {
  action: 'ClearChargingProfile',
  accepted: ({ status }) => status === 'Accepted',
  learn: (payload) => cleared(payload),
  // Unknown: it holds none that is meant.
  learnRefusal: (payload, { status }) => (status === 'Unknown' ? cleared(payload, { none: true }) : undefined),
  example: { chargingProfileId: 1 },
};
