/** OCPP 1.6 security extension, SignedUpdateFirmware. AcceptedCanceled: an update that was running gave way to this one. */

import { firmwareAnswer } from '../../common-words.ts';
import type { ToCharger } from '../../contract.ts';
import { isRecord } from '../../reading.ts';

export const signedUpdateFirmware: ToCharger = {
  action: 'SignedUpdateFirmware',
  accepted: ({ status }) => status === 'Accepted' || status === 'AcceptedCanceled',
  urls: ({ firmware }) => (isRecord(firmware) ? [firmware['location']] : []),
  learn: firmwareAnswer,
  learnRefusal: firmwareAnswer,
  example: {
    requestId: 12,
    firmware: {
      location: 'https://csms.example/firmware/7.1.bin',
      retrieveDateTime: '2026-11-23T12:00:00.000Z',
      signingCertificate:
        '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQm9vdHN0cmFwIGV4YW1wbGU=\n-----END CERTIFICATE-----\n',
      signature: 'MEUCIQDExampleSignatureInBase64==',
    },
  },
};
