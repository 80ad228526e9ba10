/** OCPP 2.0.1 B06: GetVariables. */
import type { ToCharger } from '../../contract.ts';

export const getVariables: ToCharger = {
  action: 'GetVariables',
  accepted: () => true,
  example: {
    getVariableData: [{ component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } }],
  },
};
