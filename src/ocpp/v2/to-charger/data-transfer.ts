/** OCPP 2.0.1 P01: DataTransfer. */
import type { ToCharger } from '../../contract.ts';

export const dataTransfer: ToCharger = {
  action: 'DataTransfer',
  accepted: ({ status }) => status === 'Accepted',
  example: { vendorId: 'com.example', messageId: 'Ping', data: 'hello' },
};
