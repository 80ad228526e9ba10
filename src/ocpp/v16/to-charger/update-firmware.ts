/** OCPP 1.6 §5.19 UpdateFirmware. The answer is empty: what becomes of it is told by FirmwareStatusNotification. */
import type { ToCharger } from '../../contract.ts';

export const updateFirmware: ToCharger = {
  action: 'UpdateFirmware',
  accepted: () => true,
  urls: ({ location }) => [location],
  example: { location: 'https://csms.example/firmware/7.1.bin', retrieveDate: '2026-11-23T12:00:00.000Z' },
};
