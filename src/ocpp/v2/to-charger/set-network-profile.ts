/** OCPP 2.0.1 B09: SetNetworkProfile. What its slot holds then is learned, whoever sent it. */
import { maskSecrets } from '../../../platform/secret-settings.ts';
import type { ToCharger } from '../../contract.ts';
import { readRecord } from '../../reading.ts';

export const setNetworkProfile: ToCharger = {
  action: 'SetNetworkProfile',
  accepted: ({ status }) => status === 'Accepted',
  learn({ configurationSlot: slot, connectionData }) {
    if (typeof slot !== 'number') return undefined;
    return { about: 'network_profile_set', slot, profile: readRecord(maskSecrets(connectionData)) };
  },
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
