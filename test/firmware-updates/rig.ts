/** Images and updates over REST, as the journeys of firmware need them. */
import { createHash, randomBytes } from 'node:crypto';
import type { RunningApp } from '../support/app.ts';
import { until } from '../support/until.ts';

export type Update = {
  readonly id: string;
  readonly charge_point_id: string;
  readonly status: string;
  readonly verified: boolean | null;
  readonly from_version: string | null;
  readonly booted_version: string | null;
  readonly attempts: number;
  readonly request_id: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly history: readonly { readonly status: string; readonly said?: string }[];
  readonly ended_at: string | null;
  readonly failed_at: string | null;
};
type Refused = {
  readonly error: { readonly message: string; readonly details: readonly { readonly field: string }[] };
};

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function firmwareOf(app: Pick<RunningApp, 'api' | 'url' | 'apiKey'>) {
  const get = async (id: string): Promise<Update> => (await app.api<Update>('GET', `/firmware-updates/${id}`)).body;
  return {
    /** With its file here, unless it is a URL. */
    async image(body: object = {}, bytes: Uint8Array = randomBytes(600_000)): Promise<string> {
      const made = await app.api<{ id: string }>('POST', '/firmware-images', { version: '2.0.0', ...body });
      if (made.status !== 201) throw new Error(`creating an image was answered ${JSON.stringify(made.body)}`);
      if ('url' in body) return made.body.id;
      const sent = await fetch(`${app.url}/api/v1/firmware-images/${made.body.id}/content`, {
        method: 'PUT',
        headers: { Authorization: `Bearer ${app.apiKey}` },
        body: Buffer.from(bytes),
      });
      if (sent.status !== 200) throw new Error(`sending an image was answered ${sent.status}`);
      return made.body.id;
    },
    ask: (chargePointId: string, image_id: string, body: object = {}) =>
      app.api<Update & Refused>('POST', `/charge-points/${chargePointId}/firmware-updates`, { image_id, ...body }),
    async update(chargePointId: string, imageId: string, body: object = {}): Promise<Update> {
      const asked = await app.api<Update>('POST', `/charge-points/${chargePointId}/firmware-updates`, {
        image_id: imageId,
        ...body,
      });
      if (asked.status !== 202) throw new Error(`the update was answered ${JSON.stringify(asked.body)}`);
      return asked.body;
    },
    get,
    reaches: (id: string, ...statuses: readonly string[]): Promise<Update> =>
      until(`the update is ${statuses.join(' or ')}`, async () => {
        const update = await get(id);
        return statuses.includes(update.status) ? update : undefined;
      }),
  };
}
