/** OCPP 2.0.1 B09: SetNetworkProfile. */
import type { ToCharger } from '../../contract.ts';

export const setNetworkProfile: ToCharger = {
  action: 'SetNetworkProfile',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    configurationSlot: 1,
    connectionData: {
      ocppVersion: 'OCPP20',
      ocppTransport: 'JSON',
      ocppCsmsUrl: 'wss://csms.example.com/ocpp',
      messageTimeout: 30,
      securityProfile: 2,
      ocppInterface: 'Wired0',
    },
  },
};
