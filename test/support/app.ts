/** The whole server in this process, on a database and a port of its own, with an organization and its API key. */
import { randomBytes } from 'node:crypto';
import { type App, type AppOptions, createApp } from '../../src/app.ts';
import { createPasswords, ensureFirstOrganization } from '../../src/auth/index.ts';
import type { Config } from '../../src/config/index.ts';
import type { Database } from '../../src/database/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type KeyRing, openKeyRing } from '../../src/secrets/index.ts';
import { createLogger } from '../../src/telemetry/index.ts';
import { testDatabase } from './db.ts';
import { exportsConfig, firmwareConfig, uploadsConfig } from './uploads.ts';

export type Answer<T = Record<string, unknown>> = {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
};

export type RunningApp = {
  readonly db: Database;
  readonly url: string;
  readonly ocppUrl: string;
  /** wss, where options.tls is given. */
  readonly ocppTlsUrl: string;
  readonly apiKey: string;
  readonly keyRing: KeyRing;
  readonly jobs: App['jobs'];
  /** Runs a periodic job once; throws where there is none of that name. */
  runJob(name: string): Promise<void>;
  /** A REST call with the API key; the body is JSON both ways. */
  api<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
  /** Registers a charge point and gives its id and key. */
  chargePoint(more?: Record<string, unknown>): Promise<{ id: string; identity: string; key: string }>;
  stop(): Promise<void>;
};

/** `beside`: another process of the same installation, with a database connection of its own. */
export async function startApp(
  options: {
    webhookCa?: string;
    db?: Database;
    beside?: Pick<RunningApp, 'apiKey' | 'keyRing'>;
    uploads?: Config['uploads'];
    firmware?: Config['firmware'];
    certificateSigner?: Config['certificateSigner'];
    tls?: Config['tls'];
    v2gCertificateSigner?: Config['v2gCertificateSigner'];
    iso15118?: Partial<Config['iso15118']>;
    uploadPace?: AppOptions['uploadPace'];
    ocppLimits?: AppOptions['ocppLimits'];
    inventory?: Config['deviceModel']['inventory'];
    costEveryS?: number;
    mail?: Config['mail'];
    trustedProxies?: readonly string[];
    /** Default: says nothing. */
    log?: AppOptions['log'];
  } = {},
): Promise<RunningApp> {
  const db = options.db ?? (await testDatabase({ poolSize: 12 }));
  const keyRing =
    options.beside?.keyRing ??
    openKeyRing({ keys: `test:${randomBytes(32).toString('base64')}`, dataDir: '/nonexistent' });
  const first = await ensureFirstOrganization({
    db,
    config: { email: 'owner@example.org', password: 'correct horse battery' },
    peppers: keyRing.peppers('api-key'),
    passwords: createPasswords({ parallelism: 1 }),
    clock: systemClock,
  });
  const apiKey = first.created ? (first.generatedApiKey ?? '') : (options.beside?.apiKey ?? '');
  const app = createApp({
    db,
    keyRing,
    log: options.log ?? createLogger({ level: 'silent' }),
    version: 'test',
    isWarm: false,
    ...(options.uploadPace !== undefined && { uploadPace: options.uploadPace }),
    ...(options.ocppLimits !== undefined && { ocppLimits: options.ocppLimits }),
    config: {
      http: { port: 0, host: '127.0.0.1', publicUrl: undefined, trustedProxies: options.trustedProxies ?? [] },
      tls: options.tls,
      ingestLanes: 2,
      ocpp: { unknownIdentity: 401, transferSchemes: ['https', 'http', 'ftps', 'ftp', 'sftp'] },
      deviceModel: { inventory: options.inventory ?? 'off', mostStreams: 2 },
      uploads: options.uploads ?? uploadsConfig(),
      exports: exportsConfig(),
      firmware: options.firmware ?? firmwareConfig(),
      vatValidation: 'format',
      mail: options.mail,
      certificateSigner: options.certificateSigner ?? { kind: 'none' },
      v2gCertificateSigner: options.v2gCertificateSigner ?? { kind: 'none' },
      iso15118: { roots: undefined, whenUnavailable: 'refuse', provider: { kind: 'none' }, ...options.iso15118 },
      webhooks: {
        allowSubnets: ['127.0.0.0/8'],
        allowHosts: [],
        ca: options.webhookCa,
        retryOffsetsS: [60, 390, 2400, 14_400, 86_400],
        timeoutMs: 5000,
      },
      retention: { frameDays: 14, statusMonths: 24, meterMonths: 24, eventDays: 30, commandDays: 365, auditDays: 730 },
      costs: { updateEveryS: options.costEveryS ?? 30 },
      console: { map: undefined },
      metricsToken: undefined,
    },
  });
  const { port, tlsPort } = await app.start();
  const url = `http://127.0.0.1:${port}`;
  let identities = 0;

  async function api<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${apiKey}`,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as T };
  }

  return {
    db,
    url,
    ocppUrl: `${url.replace('http', 'ws')}/ocpp`,
    ocppTlsUrl: `wss://127.0.0.1:${tlsPort}/ocpp`,
    apiKey,
    keyRing,
    jobs: app.jobs,
    async runJob(name) {
      const job = app.jobs.find((each) => each.name === name);
      if (job === undefined) throw new Error(`there is no job ${name}`);
      await job.run();
    },
    api,
    async chargePoint(more = {}) {
      identities += 1;
      const { status, body } = await api<{ id: string; identity: string; key: string }>('POST', '/charge-points', {
        identity: `CP-${identities}`,
        ...more,
      });
      if (status !== 201) throw new Error(`creating a charge point was answered ${status}: ${JSON.stringify(body)}`);
      return body;
    },
    async stop() {
      await app.stop();
      if (options.db === undefined) await db.close();
    },
  };
}
