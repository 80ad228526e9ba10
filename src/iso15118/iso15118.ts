/** Puts the room together for src/app.ts. */
import { createSignedPost, type SignedPostNeeds } from '../certificates/index.ts';
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { createResolve, createTargetGuard } from '../webhooks/index.ts';
import { type CheckContract, createCheckContract } from './check-contract.ts';
import type { WhenUnavailable } from './contract-rules.ts';
import { createCrlClient } from './crl.ts';
import { createProviderHook, echoProvider, noProvider } from './ev-certificates.ts';
import { createFetch } from './fetch.ts';
import { createOcspClient } from './ocsp-client.ts';
import { createRootsOf } from './roots.ts';
import type { EvCertificateProvider, StatusAnswer, StatusQuestion } from './types.ts';

/** A station waits for its answer, and a car for the station. */
const RESPONDER_MS = 8_000;
const PROVIDER_MS = 25_000;

export type Iso15118Options = {
  readonly db: Pick<Database, 'rows'>;
  readonly newId: (prefix: 'evc') => string;
  readonly clock: Clock;
  readonly log: { info(fields: object, message: string): void };
  readonly config: {
    /** PEM, V2G_ROOTS_FILE */
    readonly roots: string | undefined;
    /** OCSP_UNAVAILABLE */
    readonly whenUnavailable: WhenUnavailable;
    /** EV_CERTIFICATE_PROVIDER, _URL, _SECRET */
    readonly provider:
      | { readonly kind: 'none' | 'echo' }
      | { readonly kind: 'hook'; readonly url: string; readonly secret: string };
  };
  /** As for webhooks. */
  readonly outside: {
    readonly allowSubnets: readonly string[];
    readonly caPem: string | undefined;
    readonly timeoutMs: number;
  };
};

/** What the adapters of OCPP 2.x ask. */
export type Iso15118 = {
  readonly checkContract: CheckContract;
  /** By OCSP, or by a list of revoked certificates. */
  readonly statusOf: (
    source: 'ocsp' | 'crl',
    question: StatusQuestion,
    organizationId: string,
  ) => Promise<StatusAnswer>;
  readonly evCertificate: EvCertificateProvider;
};

/** Where nothing of it is set up. */
export const withoutIso15118: Iso15118 = {
  checkContract: () => Promise.resolve('no_certificate'),
  statusOf: () => Promise.resolve({ at: 'failed', fault: 'unavailable', why: 'Nobody is asked here' }),
  evCertificate: noProvider,
};

export function createIso15118({ db, newId, clock, log, config, outside }: Iso15118Options): Iso15118 {
  const resolve = createResolve();
  const guard = createTargetGuard({ allowSubnets: outside.allowSubnets, resolve });
  const caPem = outside.caPem;
  const within = (ms: number) => Math.min(ms, outside.timeoutMs);
  const fetch = createFetch({ guard, resolve, caPem, timeoutMs: within(RESPONDER_MS) });
  const clients = { ocsp: createOcspClient({ fetch, clock }), crl: createCrlClient({ fetch, clock }) };
  const rootsOf = createRootsOf(db, config.roots);
  const provider = (): EvCertificateProvider => {
    const { provider: chosen } = config;
    if (chosen.kind !== 'hook') return chosen.kind === 'none' ? noProvider : echoProvider;
    const needs: SignedPostNeeds = { ...chosen, guard, resolve, caPem, timeoutMs: within(PROVIDER_MS), clock };
    return createProviderHook({ post: createSignedPost(needs), newId: () => newId('evc') });
  };
  return {
    checkContract: createCheckContract({
      ask: clients.ocsp,
      rootsOf,
      whenUnavailable: config.whenUnavailable,
      clock,
      log,
    }),
    statusOf: async (source, question, organizationId) => clients[source](question, await rootsOf(organizationId)),
    evCertificate: provider(),
  };
}
