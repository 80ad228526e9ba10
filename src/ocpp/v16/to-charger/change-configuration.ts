/** OCPP 1.6 §5.3 ChangeConfiguration. RebootRequired means stored, and in force after the next boot (B10). */
import type { ToCharger } from '../../contract.ts';

export const changeConfiguration: ToCharger = {
  action: 'ChangeConfiguration',
  accepted: ({ status }) => status === 'Accepted' || status === 'RebootRequired',
  example: { key: 'HeartbeatInterval', value: '300' },
};
