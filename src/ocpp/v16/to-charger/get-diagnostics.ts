/** OCPP 1.6 §5.9 GetDiagnostics. An answer without a file name says that there is nothing to upload. */
import type { ToCharger } from '../../contract.ts';
import { readText } from '../../reading.ts';

export const getDiagnostics: ToCharger = {
  action: 'GetDiagnostics',
  accepted: ({ fileName }) => typeof fileName === 'string' && fileName !== '',
  urls: ({ location }) => [location],
  learn: (_payload, { fileName }) => ({ about: 'upload', fileName: readText(fileName, 255) }),
  example: { location: 'https://csms.example/uploads/', retries: 3, retryInterval: 60 },
};
