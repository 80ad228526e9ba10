/** OCPP 2.1 R: ClearDERControl. */
import type { ToCharger } from '../../contract.ts';
import { readText } from '../../reading.ts';
import { controlTypeFromWire } from '../der-words.ts';

export const clearDerControl: ToCharger = {
  action: 'ClearDERControl',
  accepted: ({ status }) => status === 'Accepted',
  learn: ({ isDefault, controlType, controlId }) => ({
    about: 'der_controls_cleared',
    isDefault: isDefault === true,
    controlType: controlTypeFromWire(controlType),
    controlId: readText(controlId, 36),
  }),
  example: { isDefault: false, controlId: 'limit-1' },
};
