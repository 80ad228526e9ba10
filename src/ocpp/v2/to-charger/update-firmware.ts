/** OCPP 2.0.1 L01, L02: UpdateFirmware. */

import { firmwareAnswer } from '../../common-words.ts';
import type { ToCharger } from '../../contract.ts';
import { isRecord } from '../../reading.ts';

export const updateFirmware: ToCharger = {
  action: 'UpdateFirmware',
  accepted: ({ status }) => status === 'Accepted' || status === 'AcceptedCanceled',
  urls: ({ firmware }) => [isRecord(firmware) ? firmware['location'] : undefined],
  learn: firmwareAnswer,
  learnRefusal: firmwareAnswer,
  example: {
    requestId: 1,
    firmware: { location: 'https://firmware.example.com/1.4.2.bin', retrieveDateTime: '2026-11-30T02:00:00.000Z' },
  },
};
