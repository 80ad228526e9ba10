/**
 * The Express application: headers, request ids, routes, errors. It must never hold a rule of a room, and never let the text of
 * an unexpected fault out.
 */
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { ConsoleMap } from '../config/index.ts';
import type { Audit } from '../platform/audited.ts';
import { consolePages } from './console.ts';
import { docsPages, landingPage } from './docs.ts';
import { answerErrors, type TranslateNeeds, translate, unknownAddress } from './errors.ts';
import { healthRoutes, type MetricsSource, type Readiness } from './health.ts';
import type { Idempotency } from './kit/idempotency.ts';
import { mount } from './kit/mount.ts';
import { API_BASE, openApi } from './kit/openapi.ts';
import type { AnyRoute, Principal } from './kit/route.ts';
import type { Streams } from './kit/streams.ts';
import { createIdentify, defaultLimits, type HttpLimits } from './limits.ts';
import { giveRequestId, type HttpLog, logRequests, type RequestFacts } from './request-log.ts';

export type HttpAppOptions = TranslateNeeds & {
  readonly routes: readonly AnyRoute[];
  /** Addresses outside of the API, with credentials of their own. */
  readonly beside?: readonly RequestHandler[];
  /** src/auth createAuthenticate */
  readonly authenticate: (credential: string) => Promise<Principal>;
  readonly idempotency: Idempotency;
  /** src/audit createAudit; whoever makes it also starts and stops it. */
  readonly audit: Audit;
  /** kit/streams.ts createStreams; whoever makes it also stops it. */
  readonly streams: Streams;
  /** health.ts createReadiness */
  readonly readiness: () => Promise<Readiness>;
  /** A prom-client registry; absent: no /metrics. */
  readonly metrics?: MetricsSource;
  readonly metricsToken?: string | undefined;
  /** Addresses or CIDRs whose X-Forwarded-For is believed. Default: nobody's. */
  readonly trustedProxies?: readonly string[];
  readonly limits?: Partial<HttpLimits>;
  readonly log: HttpLog;
  /** Where scripts/build-console.mjs left the console; absent: there is none. */
  readonly consoleFolder?: string;
  /** Pictures for the console's map; absent: pages show nothing of other servers. */
  readonly consoleMap?: ConsoleMap | undefined;
  /** For the histogram of requests: once per request, at its end. */
  readonly observe?: (facts: RequestFacts) => void;
  /** Of this software, for the OpenAPI document. */
  readonly version: string;
};

export function createHttpApp(options: HttpAppOptions): Express {
  const { routes, authenticate, idempotency, streams, log, isTransient } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // answers are never stored, so nobody can have one to compare
  app.set('trust proxy', options.trustedProxies === undefined ? false : [...options.trustedProxies]);
  app.set('query parser', 'simple');
  app.use(giveRequestId);
  app.use(
    logRequests({ log, observe: options.observe ?? (() => {}), quiet: new Set(['/livez', '/readyz', '/metrics']) }),
  );
  app.use(securityHeaders());
  app.use(noStore);
  app.use(healthRoutes({ readiness: options.readiness, metrics: options.metrics, metricsToken: options.metricsToken }));
  app.use(docsPages());
  for (const handler of options.beside ?? []) app.use(handler);
  let document: string | undefined; // made when it is first asked for: it takes longer than all the rest of a start
  const described = (): string =>
    JSON.stringify(
      openApi(routes, {
        title: 'Dynamo CSMS',
        version: options.version,
        description:
          'Charging station management system. Errors, lists, ids and timestamps are alike everywhere; see the schemas.',
      }),
    );
  app.get(`${API_BASE}/openapi.json`, (_req, res) => {
    res.locals['route'] = '/openapi.json';
    document ??= described();
    res.type('application/json').send(document);
  });
  app.use(API_BASE, endSlowBodies);
  const identify = createIdentify({ authenticate, limits: { ...defaultLimits, ...options.limits } });
  app.use(
    API_BASE,
    mount(routes, {
      identify,
      idempotency,
      streams,
      audit: options.audit,
      addressOf: (req) => req.ip ?? 'unknown',
      faultOf: (cause) => translate(cause, { isTransient }),
    }),
  );
  app.use(consolePages(options.consoleFolder, landingPage, options.consoleMap));
  app.use(unknownAddress);
  app.use(answerErrors({ isTransient, log }));
  return app;
}

/** No page of this origin may be framed, scripted or sniffed; /docs sets a policy of its own. CORS stays closed: no header at all. */
const securityHeaders = (): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...{ defaultSrc: ["'none'"], objectSrc: ["'none'"] },
        ...{ baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false }, // not for us to say about the operator's other hosts
  });

/**
 * The server itself allows an hour, for files of chargers (src/uploads, which watches their pace); 100 KB of JSON take no minute.
 */
const BODY_MS = 60_000;
const endSlowBodies: RequestHandler = (req, res, next) => {
  if (!req.complete) {
    const timer = setTimeout(() => {
      if (!req.complete) req.destroy();
    }, BODY_MS);
    const stop = (): void => clearTimeout(timer);
    res.once('close', stop);
    res.locals['endSlowBody'] = stop; // kit/mount.ts: of a route that takes files
  }
  next();
};

const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
