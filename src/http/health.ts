/** /livez, /readyz and /metrics, for machines that watch this process. They never need a credential of the API. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type RequestHandler, Router } from 'express';
import type { Database } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import { ping } from './health-store.ts';

export type Readiness = {
  readonly ready: boolean;
  /** What was looked at: ok, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
};
export type MetricsSource = { readonly contentType: string; metrics(): Promise<string> };

/** Ready: the database answers in time and takes changes, its migrations are applied, and this process is not draining. */
export function createReadiness(needs: {
  readonly db: Pick<Database, 'rows'>;
  readonly areMigrationsApplied: () => boolean | Promise<boolean>;
  readonly isDraining: () => boolean;
  /** It answers, but takes no changes: its disk is full, it is somebody's replica. */
  readonly isRefusingChanges: () => boolean;
  readonly timeoutMs?: number;
}): () => Promise<Readiness> {
  const { db, areMigrationsApplied, isDraining, isRefusingChanges, timeoutMs = 1000 } = needs;
  return async () => {
    const deadline = deadlineIn(timeoutMs);
    const [database, migrations] = await Promise.all([
      check(deadline, async () => {
        await ping(db);
        return 'ok';
      }),
      check(deadline, async () => ((await areMigrationsApplied()) ? 'ok' : 'pending')),
    ]);
    deadline.clear();
    const checks = {
      database,
      migrations,
      changes: isRefusingChanges() ? 'refused by the database' : 'ok',
      draining: isDraining() ? 'draining' : 'ok',
    };
    return { ready: Object.values(checks).every((outcome) => outcome === 'ok'), checks };
  };
}

type Deadline = { readonly passed: Promise<string>; clear(): void };

function deadlineIn(ms: number): Deadline {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('no answer in time'), ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}

/** Why it failed is in the log of the database room; here it may be read by anybody. */
const check = (deadline: Deadline, ask: () => Promise<string>): Promise<string> =>
  Promise.race([ask().catch(() => 'unreachable'), deadline.passed]);

export function healthRoutes(needs: {
  readonly readiness: () => Promise<Readiness>;
  readonly metrics?: MetricsSource | undefined;
  readonly metricsToken?: string | undefined;
}): Router {
  const router = Router();
  router.get('/livez', (_req, res) => {
    res.locals['route'] = '/livez';
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    res.locals['route'] = '/readyz';
    const { ready, checks } = await needs.readiness();
    res.status(ready ? 200 : 503).json({ status: ready ? 'ok' : 'unavailable', checks });
  });
  if (needs.metrics !== undefined) router.get('/metrics', metricsHandler(needs.metrics, needs.metricsToken));
  return router;
}

function metricsHandler(source: MetricsSource, token: string | undefined): RequestHandler {
  return async (req, res) => {
    res.locals['route'] = '/metrics';
    if (token !== undefined && !isSame(req.get('authorization') ?? '', `Bearer ${token}`))
      throw new AppError('unauthorized', 'The metrics need METRICS_TOKEN as a bearer token');
    res.set('Content-Type', source.contentType).send(await source.metrics());
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
