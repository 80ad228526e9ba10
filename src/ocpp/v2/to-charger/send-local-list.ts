/** OCPP 2.0.1 D01: SendLocalList. */
import type { ToCharger } from '../../contract.ts';

export const sendLocalList: ToCharger = {
  action: 'SendLocalList',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    versionNumber: 1,
    updateType: 'Full',
    localAuthorizationList: [
      { idToken: { idToken: '04A2B3C4D5E6', type: 'ISO14443' }, idTokenInfo: { status: 'Accepted' } },
    ],
  },
};
