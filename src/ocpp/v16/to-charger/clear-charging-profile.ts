/** OCPP 1.6 §5.5 ClearChargingProfile. */
import type { Learned } from '../../../ingest/inputs.ts';
import type { ToCharger } from '../../contract.ts';
import { readCriteria } from '../../profile-criteria.ts';
import { purposeFromWire } from '../charging-profile.ts';

function cleared(payload: Readonly<Record<string, unknown>>, more: { readonly none?: true } = {}): Learned | undefined {
  const { id, connectorId, chargingProfilePurpose, stackLevel } = payload;
  const said = { profileId: id, connectorId, purpose: chargingProfilePurpose, stackLevel };
  const criteria = readCriteria(said, purposeFromWire);
  return criteria && { about: 'profiles_cleared', ...criteria, ...more };
}

export const clearChargingProfile: ToCharger = {
  action: 'ClearChargingProfile',
  accepted: ({ status }) => status === 'Accepted',
  learn: (payload) => cleared(payload),
  // Unknown: it holds none that is meant, whatever took it away (a factory reset). 1.6 has no report that could tell it.
  learnRefusal: (payload, { status }) => (status === 'Unknown' ? cleared(payload, { none: true }) : undefined),
  example: { connectorId: 1, chargingProfilePurpose: 'TxDefaultProfile' },
};
