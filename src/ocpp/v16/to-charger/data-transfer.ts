/** OCPP 1.6 §5.6 DataTransfer. Whatever the vendor means by it; UnknownVendorId and UnknownMessageId: the charger does not know. */
import type { ToCharger } from '../../contract.ts';

export const dataTransfer: ToCharger = {
  action: 'DataTransfer',
  accepted: ({ status }) => status === 'Accepted',
  example: { vendorId: 'com.example', messageId: 'Greeting', data: 'hello' },
};
