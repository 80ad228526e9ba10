/** OCPP 1.6 §5.8 GetConfiguration. Any answer is the answer: unknown keys are part of it. */
import type { ToCharger } from '../../contract.ts';

export const getConfiguration: ToCharger = {
  action: 'GetConfiguration',
  accepted: () => true,
  example: { key: ['HeartbeatInterval'] },
};
