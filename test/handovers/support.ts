/** Another organization on the same server, with a key of its own, and what the two sides of a handover do. */
import { createCreateApiKey } from '../../src/auth/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { newId } from '../../src/platform/ids.ts';
import { scopes } from '../../src/platform/principal.ts';
import type { Answer, RunningApp } from '../support/app.ts';

export type Side = {
  readonly organizationId: string;
  readonly key: string;
  api<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
};
export type Handover = {
  readonly id: string;
  readonly token: string;
  readonly status: string;
  readonly charge_point_id: string;
  readonly key_change: string | null;
  readonly waiting_for: readonly string[];
  readonly reason: string | null;
  readonly to_organization_id: string | null;
  readonly left_at_charger: readonly { readonly what: string; readonly state: string }[];
  readonly history: readonly { readonly happening: string; readonly side: string; readonly by: string | null }[];
};

/** `url`: where the server is now, it may have been started anew. */
export async function anotherSide(app: RunningApp, url: () => string = () => app.url): Promise<Side> {
  const organizationId = newId('org');
  await app.db.prisma.organization.create({ data: { id: organizationId, name: 'Other' } });
  const createApiKey = createCreateApiKey({ db: app.db, peppers: app.keyRing.peppers('api-key'), clock: systemClock });
  const { key } = await createApiKey({ organizationId, name: 'Test', scopes, expiresAt: null, createdBy: null });
  return {
    organizationId,
    key,
    async api<T>(method: string, path: string, body?: unknown) {
      const response = await fetch(`${url()}/api/v1${path}`, {
        method,
        headers: { Authorization: `Bearer ${key}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as T };
    },
  };
}

export async function initiate(
  from: Pick<Side, 'api'>,
  chargePointId: string,
  more: Record<string, unknown> = {},
): Promise<Handover> {
  const { status, body } = await from.api<Handover>('POST', `/charge-points/${chargePointId}/handovers`, {
    mode: 'ownership_transfer',
    ...more,
  });
  if (status !== 201) throw new Error(`initiating was answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

export const accept = (to: Pick<Side, 'api'>, { id, token }: Handover, more: Record<string, unknown> = {}) =>
  to.api<Handover & { error: { message: string } }>('POST', `/handovers/${id}/accept`, { token, ...more });
export const see = async (side: Pick<Side, 'api'>, id: string): Promise<Handover> =>
  (await side.api<Handover>('GET', `/handovers/${id}`)).body;
