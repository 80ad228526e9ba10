/** OCPP 2.1 R: SetDERControl. */
import type { ToCharger } from '../../contract.ts';
import { readList, readText } from '../../reading.ts';
import { controlFromWire } from '../der-reading.ts';

export const setDerControl: ToCharger = {
  action: 'SetDERControl',
  accepted: ({ status }) => status === 'Accepted',
  learn: (payload, { supersededIds }) => ({
    about: 'der_control_set',
    control: controlFromWire(payload),
    supersededIds: readList(supersededIds).flatMap((each) => readText(each, 36) ?? []),
  }),
  example: {
    isDefault: false,
    controlId: 'limit-1',
    controlType: 'LimitMaxDischarge',
    limitMaxDischarge: { priority: 0, pctMaxDischargePower: 50, startTime: '2026-11-30T18:00:00.000Z', duration: 3600 },
  },
};
