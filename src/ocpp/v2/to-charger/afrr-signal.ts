/** OCPP 2.1 Q (V2X), aFRR: AFRRSignal. */
import type { ToCharger } from '../../contract.ts';

export const afrrSignal: ToCharger = {
  action: 'AFRRSignal',
  accepted: ({ status }) => status === 'Accepted',
  example: { timestamp: '2026-11-30T18:00:00.000Z', signal: 40 },
};
