/**
 * OCPP 2.0.1 M06 GetCertificateStatus: the OCSP answer of a certificate that the station shows to cars, in DER, for it to pass on.
 * One whose signature cannot be judged here, as the issuing authority is not known, is passed on as well: the car judges it.
 */
import type { Iso15118 } from '../../../iso15118/index.ts';
import { readCertificateHash } from '../../certificate-hash.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import { readRecord } from '../../reading.ts';
import type { V2Protocol } from '../needs.ts';

/** ocspResult, in characters of Base64. */
const LONGEST = { 'ocpp2.0.1': 5500, 'ocpp2.1': 18_000 } as const satisfies Record<V2Protocol, number>;

const failed = (reasonCode: string, why: string) => ({
  status: 'Failed',
  statusInfo: { reasonCode, additionalInfo: why.slice(0, 512) },
});

export const getCertificateStatus = ({ statusOf }: Iso15118, protocol: V2Protocol): FromCharger => ({
  action: 'GetCertificateStatus',

  async handle({ payload, link }) {
    const asked = readRecord(payload['ocspRequestData']);
    const hash = readCertificateHash(asked);
    const { responderURL: url } = asked;
    if (hash === undefined || typeof url !== 'string')
      throw new UnusableMessage('it names no certificate, or no responder');
    const answer = await statusOf('ocsp', { hash, url: url.trim() }, link.organizationId);
    if (answer.der === undefined) return failed('OCSPFailed', answer.at === 'failed' ? answer.why : '');
    const ocspResult = answer.der.toString('base64');
    if (ocspResult.length > LONGEST[protocol])
      return failed('TooLong', 'The answer of the responder is too long for a station');
    return { status: 'Accepted', ocspResult };
  },

  minimal: () => failed('InvalidRequest', 'The request could not be read'),
});
