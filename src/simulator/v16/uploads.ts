/** Diagnostics and logs (§5.9 GetDiagnostics, security extension's GetLog): really sent, with a status at every step. */
import type { Controls } from '../dialect.ts';
import type { Payload } from '../types.ts';
import { countOf, upload } from '../upload.ts';

export type Uploads = {
  diagnostics(payload: Payload, controls: Controls): { readonly fileName: string; readonly begin: () => void };
  log(
    payload: Payload,
    controls: Controls,
  ): { readonly status: 'Accepted' | 'AcceptedCanceled'; readonly filename: string; readonly begin: () => void };
  diagnosticsStatus(): string;
  logStatus(): { readonly status: string; readonly requestId?: number };
};

export function createUploads(): Uploads {
  let diagnosticsJob = 0;
  let logJob = 0;
  let diagnostics = 'Idle';
  let log: { readonly status: string; readonly requestId: number } | undefined;

  return {
    diagnostics(payload, controls) {
      const fileName = `diagnostics-${controls.identity()}.log`;
      diagnosticsJob += 1;
      const mine = diagnosticsJob;
      const tell = (status: string) => {
        diagnostics = status;
        controls.say({ action: 'DiagnosticsStatusNotification', payload: { status } })();
      };
      return {
        fileName,
        begin: () => {
          tell('Uploading');
          upload(controls, {
            url: String(payload['location']),
            fileName,
            body: Buffer.from(controls.journal()),
            retries: countOf(payload['retries']),
            retryIntervalS: countOf(payload['retryInterval']),
            isCurrent: () => mine === diagnosticsJob,
            ended: (outcome) => {
              tell(outcome === 'uploaded' ? 'Uploaded' : 'UploadFailed');
              diagnostics = 'Idle'; // §4.4: Idle is what is told when nothing is going on
            },
          });
        },
      };
    },

    log(payload, controls) {
      const { requestId } = payload;
      const id = typeof requestId === 'number' ? requestId : 0;
      const parameters = payload['log'];
      const url =
        typeof parameters === 'object' && parameters !== null && 'remoteLocation' in parameters
          ? String(parameters.remoteLocation)
          : '';
      const filename = `${payload['logType'] === 'SecurityLog' ? 'security' : 'diagnostics'}-${controls.identity()}.log`;
      const wasRunning = log?.status === 'Uploading';
      logJob += 1;
      const mine = logJob;
      const tell = (status: string) => {
        log = { status, requestId: id };
        controls.say({ action: 'LogStatusNotification', payload: { status, requestId: id } })();
      };
      const words = {
        uploaded: 'Uploaded',
        refused: 'UploadFailure',
        forbidden: 'PermissionDenied',
        not_supported: 'NotSupportedOperation',
      };
      return {
        status: wasRunning ? 'AcceptedCanceled' : 'Accepted',
        filename,
        begin: () => {
          tell('Uploading');
          upload(controls, {
            url,
            fileName: filename,
            body: Buffer.from(controls.journal()),
            retries: countOf(payload['retries']),
            retryIntervalS: countOf(payload['retryInterval']),
            isCurrent: () => mine === logJob,
            ended: (outcome) => tell(words[outcome]),
          });
        },
      };
    },

    diagnosticsStatus: () => diagnostics,
    logStatus: () => (log?.status === 'Uploading' ? log : { status: 'Idle' }),
  };
}
