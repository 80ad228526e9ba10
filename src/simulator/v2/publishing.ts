/** Firmware that a station fetches to offer it to others in its network (2.0.1 L03, L04). */
import { createHash } from 'node:crypto';
import type { Controls } from '../dialect.ts';
import { exchange, isHttp } from '../http.ts';
import { numberOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { countOf } from '../upload.ts';

export type Publishing = {
  publish(payload: Payload, controls: Controls): () => void;
  unpublish(checksum: unknown): 'DownloadOngoing' | 'NoFirmware' | 'Unpublished';
  status(): Payload;
};

type Job = { readonly requestId: number; readonly location: string; readonly checksum: string; status: string };

export function createPublishing(): Publishing {
  let current: Job | undefined;
  const published = new Set<string>();

  function tell(job: Job, status: string, controls: Controls, more: Payload = {}): void {
    job.status = status;
    const payload = { status, requestId: job.requestId, ...more };
    controls.say({ action: 'PublishFirmwareStatusNotification', payload })();
  }

  async function fetchFile({ location }: Job, controls: Controls): Promise<Buffer | undefined> {
    if (!isHttp(location)) return undefined;
    try {
      const { status, body } = await exchange({ method: 'GET', url: location, ...controls.network() });
      return status === 200 ? body : undefined;
    } catch {
      return undefined; // told to the CSMS as DownloadFailed
    }
  }

  async function run(job: Job, controls: Controls, left: number, pauseS: number): Promise<void> {
    tell(job, 'Downloading', controls);
    const body = await fetchFile(job, controls);
    if (current !== job) return;
    if (body === undefined) {
      if (left > 0) {
        controls.after(pauseS * 1000, () => void run(job, controls, left - 1, pauseS)); // never rejects
        return;
      }
      current = undefined;
      return tell(job, 'DownloadFailed', controls);
    }
    tell(job, 'Downloaded', controls);
    current = undefined;
    // L03.FR.07: MD5 over the whole file.
    const sum = createHash('md5').update(body).digest('hex');
    if (sum !== job.checksum.toLowerCase()) return tell(job, 'InvalidChecksum', controls);
    tell(job, 'ChecksumVerified', controls);
    published.add(sum);
    const location = ['http', 'https'].map((scheme) => `${scheme}://${controls.identity().toLowerCase()}.local/${sum}`);
    tell(job, 'Published', controls, { location });
  }

  return {
    publish: (payload, controls) => () => {
      const job: Job = {
        requestId: numberOf(payload['requestId']) ?? 0,
        location: textOf(payload['location']) ?? '',
        checksum: textOf(payload['checksum']) ?? '',
        status: 'Idle',
      };
      current = job;
      void run(job, controls, countOf(payload['retries']), countOf(payload['retryInterval'])); // never rejects
    },
    unpublish(checksum) {
      const sum = String(checksum).toLowerCase();
      if (current?.checksum.toLowerCase() === sum) return 'DownloadOngoing';
      return published.delete(sum) ? 'Unpublished' : 'NoFirmware';
    },
    status: () =>
      current === undefined ? { status: 'Idle' } : { status: current.status, requestId: current.requestId },
  };
}
