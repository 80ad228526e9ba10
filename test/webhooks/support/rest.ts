/** The room's routes under the real HTTP application, with keys that need no database. */
import { createHttpApp, createStreams } from '../../../src/http/index.ts';
import type { AnyRoute } from '../../../src/http/kit/route.ts';
import { AppError } from '../../../src/platform/errors.ts';
import type { Scope } from '../../../src/platform/principal.ts';
import { noAudit } from '../../support/no-audit.ts';
import { quiet } from '../../support/quiet-log.ts';

/** A key is `organization:scope`. */
export const keyOf = (organizationId: string, scope: Scope = 'write:webhooks'): string => `${organizationId}:${scope}`;

export const restOf = (routes: readonly AnyRoute[]) =>
  createHttpApp({
    routes,
    streams: createStreams({ log: quiet }),
    audit: noAudit,
    authenticate: async (credential) => {
      const [organizationId, scope] = [
        credential.slice(0, credential.indexOf(':')),
        credential.split(':').slice(1).join(':'),
      ];
      if (organizationId === '') throw new AppError('unauthorized', 'no such key');
      return { kind: 'api_key', id: 'key_test', organizationId, scopes: new Set([scope as Scope]) };
    },
    idempotency: { once: async (_request, work) => ({ ...(await work()), replayed: false }) },
    readiness: async () => ({ ready: true }) as never,
    isTransient: () => false,
    log: quiet,
    version: '0.0.0',
    limits: {},
  });
