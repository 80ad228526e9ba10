/** OCPP 2.0.1 L04: UnpublishFirmware. */
import type { ToCharger } from '../../contract.ts';

export const unpublishFirmware: ToCharger = {
  action: 'UnpublishFirmware',
  accepted: ({ status }) => status === 'Unpublished',
  example: { checksum: '9e107d9d372bb6826bd81d3542a419d6' },
};
