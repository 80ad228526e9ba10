/** A file on its way to a server, over HTTP: tried again as often as the CSMS allows, called off by a newer one. */
import type { Controls } from './dialect.ts';
import { exchange, isHttp } from './http.ts';

export type Outcome = 'uploaded' | 'refused' | 'forbidden' | 'not_supported';
export type UploadJob = {
  readonly url: string;
  readonly fileName: string;
  readonly body: Buffer;
  readonly retries: number;
  readonly retryIntervalS: number;
  readonly isCurrent: () => boolean;
  readonly ended: (outcome: Outcome) => void;
};

async function attempt(controls: Controls, { url, fileName, body }: UploadJob): Promise<Outcome> {
  if (!isHttp(url)) return 'not_supported';
  const target = url.endsWith('/') ? `${url}${encodeURIComponent(fileName)}` : url;
  const file = { url: target, body, ...controls.network() };
  try {
    let answer = await exchange({ method: 'PUT', ...file });
    if (answer.status === 404 || answer.status === 405) answer = await exchange({ method: 'POST', ...file });
    if (answer.status === 401 || answer.status === 403) return 'forbidden';
    return answer.status >= 200 && answer.status < 300 ? 'uploaded' : 'refused';
  } catch {
    return 'refused'; // nobody there, or the line broke: told to the CSMS by the status
  }
}

async function run(controls: Controls, job: UploadJob, left: number): Promise<void> {
  const outcome = await attempt(controls, job);
  if (!job.isCurrent()) return;
  if (outcome !== 'refused' || left <= 0) return job.ended(outcome);
  controls.after(job.retryIntervalS * 1000, () => void run(controls, job, left - 1)); // never rejects
}

export const upload = (controls: Controls, job: UploadJob) => void run(controls, job, job.retries); // never rejects
export const countOf = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.min(value, 10) : 0);
