/**
 * OCPP 1.6 security extension, SignCertificate. Accepted means only that the request is taken in: the certificate follows with
 * CertificateSigned. Without a signer in this installation it is Rejected, which a charger understands.
 */
import { type FromCharger, type SignCertificate, UnusableMessage } from '../../contract.ts';

/** The schema says 5500; a request that is longer cannot be one of a charge point's key. */
const MOST_CHARACTERS = 10_000;

export const signCertificate = (sign: SignCertificate): FromCharger => ({
  action: 'SignCertificate',

  async handle({ payload, link, receivedAt, traceId }) {
    const { csr } = payload;
    if (typeof csr !== 'string' || csr.trim() === '') throw new UnusableMessage('there is no csr');
    if (csr.length > MOST_CHARACTERS) return { status: 'Rejected' };
    const answer = await sign({ csr, use: 'charge_point', link, receivedAt, traceId });
    return { status: answer === 'accepted' ? 'Accepted' : 'Rejected' };
  },

  minimal: () => ({ status: 'Rejected' }),
});
