/** Logs of a 2.x station (2.0.1 N01): really sent, with a status at every step. */
import type { Controls } from '../dialect.ts';
import { numberOf, payloadOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { countOf, type Outcome, upload } from '../upload.ts';

export type Logs = {
  send(
    payload: Payload,
    controls: Controls,
  ): { readonly status: 'Accepted' | 'AcceptedCanceled'; readonly filename: string; readonly begin: () => void };
  status(): Payload;
};

const NAMES: Readonly<Record<string, string>> = {
  DiagnosticsLog: 'diagnostics',
  SecurityLog: 'security',
  DataCollectorLog: 'data-collector',
};
const WORDS: Readonly<Record<Outcome, string>> = {
  uploaded: 'Uploaded',
  refused: 'UploadFailure',
  forbidden: 'PermissionDenied',
  not_supported: 'NotSupportedOperation',
};

export function createLogs(): Logs {
  let job = 0;
  let running: number | undefined;

  return {
    send(payload, controls) {
      const requestId = numberOf(payload['requestId']) ?? 0;
      const { remoteLocation, oldestTimestamp, latestTimestamp } = payloadOf(payload['log']);
      const filename = `${NAMES[String(payload['logType'])] ?? 'log'}-${controls.identity()}.log`;
      const before = running;
      job += 1;
      const mine = job;
      const tell = (status: string, id = requestId) =>
        controls.say({ action: 'LogStatusNotification', payload: { status, requestId: id } })();
      const [from, to] = [textOf(oldestTimestamp) ?? '', textOf(latestTimestamp) ?? '~'];
      const lines = controls.journal().split('\n');
      const body = lines.filter((line) => line >= from && line <= `${to}~`).join('\n');
      running = requestId;
      return {
        status: before === undefined ? 'Accepted' : 'AcceptedCanceled',
        filename,
        begin: () => {
          // N01.FR.20: the one that was under way is called off.
          if (before !== undefined) tell('AcceptedCanceled', before);
          tell('Uploading');
          upload(controls, {
            url: textOf(remoteLocation) ?? '',
            fileName: filename,
            body: Buffer.from(`${body}\n`),
            retries: countOf(payload['retries']),
            retryIntervalS: countOf(payload['retryInterval']),
            isCurrent: () => mine === job,
            ended: (outcome) => {
              running = undefined;
              tell(WORDS[outcome]);
            },
          });
        },
      };
    },
    status: () => (running === undefined ? { status: 'Idle' } : { status: 'Uploading', requestId: running }),
  };
}
