/** The room's REST over supertest, on a clock that the test moves. */
import request from 'supertest';
import type { Database } from '../../../src/database/contract.ts';
import { webhookRoutes } from '../../../src/webhooks/routes.ts';
import { createTargetGuard } from '../../../src/webhooks/target-guard.ts';
import { keyOf, restOf } from './rest.ts';
import { keyRing } from './world.ts';

export const BASE = '/api/v1/webhooks';
export const valid = { url: 'https://example.com/hooks', events: ['session.started', 'session.ended'] };

export function webhookRest(
  db: Database,
  {
    now = () => new Date(),
    wake = () => undefined,
    timeoutMs = 1000,
  }: { readonly now?: () => Date; readonly wake?: () => void; readonly timeoutMs?: number } = {},
) {
  const changed: string[] = [];
  const app = restOf(
    webhookRoutes({
      db,
      keyRing,
      guard: createTargetGuard({ allowSubnets: [], resolve: async () => ['93.184.215.14'] }),
      endpointChanged: async ({ id }) => void changed.push(id),
      wake,
      timeoutMs,
      retentionDays: 30,
      clock: { now },
    }),
  );
  const as = (organizationId: string) => {
    const call = (method: 'get' | 'post' | 'patch' | 'delete') => (path: string, body?: object) => {
      const asked = request(app)
        [method](`${BASE}${path}`)
        .set('Authorization', `Bearer ${keyOf(organizationId)}`);
      return body === undefined ? asked : asked.send(body);
    };
    return { get: call('get'), post: call('post'), patch: call('patch'), remove: call('delete') };
  };
  return { as, changed };
}

/** What a 400 names. */
export const faults = (answer: { readonly body: { error: { details: { field: string; message: string }[] } } }) =>
  answer.body.error.details.map(({ field, message }) => `${field} ${message}`);
