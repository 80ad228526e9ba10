/** Diagnostics and logs (§5.9 GetDiagnostics, security extension's GetLog): really sent, with a status at every step. */
import type { Controls } from '../dialect.ts';
import { exchange, isHttp } from '../http.ts';
import type { Payload } from '../types.ts';

export type Uploads = {
  diagnostics(payload: Payload, controls: Controls): { readonly fileName: string; readonly begin: () => void };
  log(
    payload: Payload,
    controls: Controls,
  ): { readonly status: 'Accepted' | 'AcceptedCanceled'; readonly filename: string; readonly begin: () => void };
  diagnosticsStatus(): string;
  logStatus(): { readonly status: string; readonly requestId?: number };
};

type Outcome = 'uploaded' | 'refused' | 'forbidden' | 'not_supported';
type Job = {
  readonly url: string;
  readonly fileName: string;
  readonly retries: number;
  readonly retryIntervalS: number;
  readonly isCurrent: () => boolean;
  readonly ended: (outcome: Outcome) => void;
};

export function createUploads(): Uploads {
  let diagnosticsJob = 0;
  let logJob = 0;
  let diagnostics = 'Idle';
  let log: { readonly status: string; readonly requestId: number } | undefined;

  async function attempt(controls: Controls, { url, fileName }: Job): Promise<Outcome> {
    if (!isHttp(url)) return 'not_supported';
    const target = url.endsWith('/') ? `${url}${encodeURIComponent(fileName)}` : url;
    const file = { url: target, body: Buffer.from(controls.journal()), ...controls.network() };
    try {
      let answer = await exchange({ method: 'PUT', ...file });
      if (answer.status === 404 || answer.status === 405) answer = await exchange({ method: 'POST', ...file });
      if (answer.status === 401 || answer.status === 403) return 'forbidden';
      return answer.status >= 200 && answer.status < 300 ? 'uploaded' : 'refused';
    } catch {
      return 'refused'; // nobody there, or the line broke: told to the CSMS by the status
    }
  }

  async function run(controls: Controls, job: Job, left: number): Promise<void> {
    const outcome = await attempt(controls, job);
    if (!job.isCurrent()) return;
    if (outcome !== 'refused' || left <= 0) return job.ended(outcome);
    controls.after(job.retryIntervalS * 1000, () => void run(controls, job, left - 1)); // never rejects
  }

  const begin = (controls: Controls, job: Job) => void run(controls, job, job.retries); // never rejects
  const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.min(value, 10) : 0);

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
          begin(controls, {
            url: String(payload['location']),
            fileName,
            retries: count(payload['retries']),
            retryIntervalS: count(payload['retryInterval']),
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
          begin(controls, {
            url,
            fileName: filename,
            retries: count(payload['retries']),
            retryIntervalS: count(payload['retryInterval']),
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
