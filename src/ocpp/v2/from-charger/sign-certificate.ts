/**
 * OCPP 2.0.1 A02, A03 SignCertificate. Accepted means only that the request is taken in: the certificate follows with
 * CertificateSigned (A02.FR.04). Without a signer for such certificates it is Rejected, which a station understands.
 */
import { readCertificateHash } from '../../certificate-hash.ts';
import { type FromCharger, type SignCertificate, UnusableMessage } from '../../contract.ts';
import { MOST_INT32, readInteger } from '../../reading.ts';
import { readUse } from '../certificate-words.ts';

/** The schema says 5500; a request that is longer cannot be one of a station's key. */
const MOST_CHARACTERS = 10_000;

export const signCertificate = (sign: SignCertificate): FromCharger => ({
  action: 'SignCertificate',

  async handle({ payload, link, receivedAt, traceId }) {
    const { csr } = payload;
    if (typeof csr !== 'string' || csr.trim() === '') throw new UnusableMessage('there is no csr');
    if (csr.length > MOST_CHARACTERS) return { status: 'Rejected' };
    const answer = await sign({
      csr,
      use: readUse(payload['certificateType']),
      requestId: readInteger(payload['requestId'], -MOST_INT32 - 1, MOST_INT32),
      wantedRoot: readCertificateHash(payload['hashRootCertificate']),
      link,
      receivedAt,
      traceId,
    });
    return { status: answer === 'accepted' ? 'Accepted' : 'Rejected' };
  },

  minimal: () => ({ status: 'Rejected' }),
});
