/** OCPP 1.6 §5.9 GetDiagnostics. An answer without a file name says that there is nothing to upload. */
import type { ToCharger } from '../../contract.ts';

export const getDiagnostics: ToCharger = {
  action: 'GetDiagnostics',
  accepted: ({ fileName }) => typeof fileName === 'string' && fileName !== '',
  example: { location: 'https://csms.example/uploads/', retries: 3, retryInterval: 60 },
};
