/** The operator's own signer, asked by a signed POST. It answers the chain in PEM, leaf first, and is never believed about more. */
import type { CertificateHash } from '../ingest/inputs.ts';
import { createSignedPost, isFinal, type SignedPostNeeds } from './signed-post.ts';
import type { Signer } from './types.ts';

const LONGEST_REPLY = 64 * 1024;

export function createHook(needs: SignedPostNeeds): Signer {
  const post = createSignedPost(needs);
  return async ({ id, use, wantedRoot, csr, chargePointId, organizationId, identity }) => {
    const { status, text } = await post({
      id,
      body: {
        request_id: id,
        charge_point_id: chargePointId,
        charge_point_identity: identity,
        organization_id: organizationId,
        use,
        wanted_root: wantedRoot === null ? null : hashBody(wantedRoot),
        csr,
      },
      accept: 'application/x-pem-file, application/pem-certificate-chain',
      userAgent: 'DynamoCSMS-Signing/1.0',
      mostBytes: LONGEST_REPLY,
    });
    if (status >= 200 && status < 300) return { chain: text };
    if (isFinal(status)) return { refused: `The signer answered ${status}` };
    throw new Error(`the signer answered ${status}`);
  };
}

const hashBody = (hash: CertificateHash) => ({
  hash_algorithm: hash.hashAlgorithm,
  issuer_name_hash: hash.issuerNameHash,
  issuer_key_hash: hash.issuerKeyHash,
  serial_number: hash.serialNumber,
});
