/** OCPP 2.0.1 L03: PublishFirmware. */
import type { ToCharger } from '../../contract.ts';

export const publishFirmware: ToCharger = {
  action: 'PublishFirmware',
  accepted: ({ status }) => status === 'Accepted',
  urls: ({ location }) => [location],
  example: {
    location: 'https://firmware.example.com/1.4.2.bin',
    checksum: '9e107d9d372bb6826bd81d3542a419d6',
    requestId: 1,
  },
};
