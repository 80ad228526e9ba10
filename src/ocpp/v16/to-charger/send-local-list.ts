/** OCPP 1.6 §5.15 SendLocalList. VersionMismatch: a differential update did not follow on what the charger has. */
import type { ToCharger } from '../../contract.ts';

export const sendLocalList: ToCharger = {
  action: 'SendLocalList',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    listVersion: 2,
    updateType: 'Full',
    localAuthorizationList: [{ idTag: '04A1B2C3', idTagInfo: { status: 'Accepted' } }],
  },
};
