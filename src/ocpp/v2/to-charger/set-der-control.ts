/** OCPP 2.1 R: SetDERControl. */
import type { ToCharger } from '../../contract.ts';

export const setDerControl: ToCharger = {
  action: 'SetDERControl',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    isDefault: false,
    controlId: 'limit-1',
    controlType: 'LimitMaxDischarge',
    limitMaxDischarge: { priority: 0, pctMaxDischargePower: 50, startTime: '2026-11-30T18:00:00.000Z', duration: 3600 },
  },
};
