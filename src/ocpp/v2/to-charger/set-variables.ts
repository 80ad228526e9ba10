/** OCPP 2.0.1 B05: SetVariables. */
import type { ToCharger } from '../../contract.ts';
import { allAre, TAKEN } from '../results.ts';

export const setVariables: ToCharger = {
  action: 'SetVariables',
  accepted: ({ setVariableResult }) => allAre(setVariableResult, 'attributeStatus', TAKEN),
  example: {
    setVariableData: [
      { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' }, attributeValue: '300' },
    ],
  },
};
