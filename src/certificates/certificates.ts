/** Puts the room together for src/app.ts. */
import type { IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import type { Ingest } from '../ingest/contract.ts';
import type { Clock } from '../platform/clock.ts';
import type { Cipher } from '../secrets/index.ts';
import { createResolve, createTargetGuard } from '../webhooks/index.ts';
import { createDevCa } from './dev-ca.ts';
import { createDevV2gCa } from './dev-v2g-ca.ts';
import { createHook } from './hook.ts';
import { certificateStore } from './read-store.ts';
import { certificateRoutes } from './routes.ts';
import { createSigning } from './signing.ts';
import type { Signer } from './types.ts';

type SignerChoice =
  | { readonly kind: 'none' | 'dev-ca' }
  | { readonly kind: 'hook'; readonly url: string; readonly secret: string };

export type CertificatesOptions = {
  readonly db: Pick<Database, 'prisma' | 'rows'>;
  readonly submit: Ingest['submit'];
  /** Made later than this. */
  readonly issue: () => IssueCommand;
  readonly newId: (prefix: 'csr' | 'cmd') => string;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
  readonly cipher: Cipher;
  /** CERTIFICATE_SIGNER, _URL, _SECRET */
  readonly signer: SignerChoice;
  /** V2G_CERTIFICATE_SIGNER, _URL, _SECRET */
  readonly v2gSigner: SignerChoice;
  /** As for webhooks. */
  readonly hook: {
    readonly allowSubnets: readonly string[];
    readonly caPem: string | undefined;
    readonly timeoutMs: number;
  };
};

export type Certificates = ReturnType<typeof createCertificates>;

export function createCertificates(options: CertificatesOptions) {
  const { db, submit, issue, newId, clock, log } = options;
  const store = certificateStore(db);
  const devCa = options.signer.kind === 'dev-ca' ? createDevCa(options) : undefined;
  const signers = {
    chargePoint: devCa?.sign ?? hookOf(options, options.signer),
    v2g: options.v2gSigner.kind === 'dev-ca' ? createDevV2gCa(options).sign : hookOf(options, options.v2gSigner),
  };
  const signing = createSigning({ store, signers, submit, issue, newId, clock, log });
  return {
    /** For the adapters: SignCertificate. */
    signCertificate: signing.take,
    routes: (of: IssueCommand) => certificateRoutes({ db, store, issue: of }),
    /** Every few seconds: signs and sends what is due. */
    run: signing.run,
    /** CERTIFICATE_SIGNER=dev-ca */
    devCa,
  };
}

/** Well within the two minutes for which a request is claimed. */
const MOST_PATIENCE_MS = 60_000;
function hookOf({ clock, hook }: CertificatesOptions, signer: SignerChoice): Signer | undefined {
  if (signer.kind !== 'hook') return undefined;
  const resolve = createResolve();
  const guard = createTargetGuard({ allowSubnets: hook.allowSubnets, resolve });
  return createHook({
    ...hook,
    ...signer,
    timeoutMs: Math.min(hook.timeoutMs, MOST_PATIENCE_MS),
    guard,
    resolve,
    clock,
  });
}
