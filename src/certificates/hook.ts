/**
 * The operator's own signer: an HTTPS POST of the CSR, signed like a webhook, to a target that is guarded like one. It answers the
 * chain in PEM, leaf first. It must never be followed to another address, and never be believed about more than its chain.
 */
import { createSecureContext, rootCertificates } from 'node:tls';
import { Pool } from 'undici';
import type { CertificateHash } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import {
  createGuardedConnect,
  plainSignature,
  type Resolve,
  standardSignature,
  type TargetGuard,
} from '../webhooks/index.ts';
import type { Signer } from './types.ts';

const LONGEST_REPLY = 64 * 1024;
const CONNECT_MS = 10_000;

type Needs = {
  readonly url: string;
  readonly secret: string;
  readonly guard: Pick<TargetGuard, 'allows'>;
  readonly resolve: Resolve;
  readonly caPem: string | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
};

export function createHook({ url: text, secret, guard, resolve, caPem, timeoutMs, clock }: Needs): Signer {
  const url = new URL(text);
  const secureContext = caPem === undefined ? undefined : createSecureContext({ ca: [...rootCertificates, caPem] });
  const connect = createGuardedConnect({ guard, resolve, timeoutMs: Math.min(CONNECT_MS, timeoutMs), secureContext });

  return async ({ id, use, wantedRoot, csr, chargePointId, organizationId, identity }) => {
    const body = JSON.stringify({
      request_id: id,
      charge_point_id: chargePointId,
      charge_point_identity: identity,
      organization_id: organizationId,
      use,
      wanted_root: wantedRoot === null ? null : hashBody(wantedRoot),
      csr,
    });
    const pool = new Pool(url.origin, { connect, connections: 1 }); // asked a few times a year
    try {
      const timestampS = Math.floor(clock.now().getTime() / 1000);
      const reply = await pool.request({
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/x-pem-file, application/pem-certificate-chain',
          'User-Agent': 'DynamoCSMS-Signing/1.0',
          'Idempotency-Key': id,
          'X-Webhook-Signature': plainSignature(secret, body),
          'webhook-id': id,
          'webhook-timestamp': String(timestampS),
          'webhook-signature': standardSignature(secret, id, timestampS, body),
        },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      let answer = '';
      for await (const chunk of reply.body) {
        answer += String(chunk);
        if (answer.length > LONGEST_REPLY) throw new Error(`the signer's answer is longer than ${LONGEST_REPLY} bytes`);
      }
      if (reply.statusCode >= 200 && reply.statusCode < 300) return { chain: answer };
      const isFinal = reply.statusCode >= 400 && reply.statusCode < 500 && ![408, 425, 429].includes(reply.statusCode);
      if (isFinal) return { refused: `The signer answered ${reply.statusCode}` };
      throw new Error(`the signer answered ${reply.statusCode}`);
    } finally {
      await pool.destroy();
    }
  };
}

const hashBody = (hash: CertificateHash) => ({
  hash_algorithm: hash.hashAlgorithm,
  issuer_name_hash: hash.issuerNameHash,
  issuer_key_hash: hash.issuerKeyHash,
  serial_number: hash.serialNumber,
});
