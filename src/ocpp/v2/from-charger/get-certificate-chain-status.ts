/** OCPP 2.1 M07 GetCertificateChainStatus: of each certificate, by OCSP or by its list of revoked ones; its addresses in turn. */

import type { CertificateHash } from '../../../ingest/inputs.ts';
import type { Iso15118 } from '../../../iso15118/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import { readCertificateHash } from '../../certificate-hash.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import { enumReader, isRecord, readList, readRecord } from '../../reading.ts';

const MOST_REQUESTS = 4;
const MOST_URLS = 5;
/** nextUpdate has to be told, also where nobody said it: soon, so that the station asks again. */
const AGAIN_MS = 5 * 60_000;

const WORDS = { good: 'Good', revoked: 'Revoked', unknown: 'Unknown' } as const;
const readSource = enumReader(['CRL', 'OCSP']);

type Wanted = { readonly hash: CertificateHash; readonly source: 'CRL' | 'OCSP'; readonly urls: readonly string[] };

export const getCertificateChainStatus = ({ statusOf }: Iso15118, clock: Clock): FromCharger => {
  async function statusFor({ hash, source, urls }: Wanted, organizationId: string) {
    for (const url of urls) {
      const answer = await statusOf(source === 'CRL' ? 'crl' : 'ocsp', { hash, url: url.trim() }, organizationId);
      if (answer.at === 'failed') continue;
      return shown(hash, source, WORDS[answer.status], answer.nextUpdate);
    }
    return shown(hash, source, 'Failed', undefined);
  }
  const shown = (hash: CertificateHash, source: string, status: string, nextUpdate: Date | undefined) => ({
    certificateHashData: { ...hash },
    source,
    status,
    nextUpdate: (nextUpdate ?? new Date(clock.now().getTime() + AGAIN_MS)).toISOString(),
  });

  return {
    action: 'GetCertificateChainStatus',

    async handle({ payload, link }) {
      const wanted = readList(payload['certificateStatusRequests']).slice(0, MOST_REQUESTS).flatMap(readWanted);
      if (wanted.length === 0) throw new UnusableMessage('it names no certificate that could be asked about');
      return { certificateStatus: await Promise.all(wanted.map((each) => statusFor(each, link.organizationId))) };
    },

    /** Its list must not be empty: what could not be read is said to have failed. */
    minimal: ({ payload }) => {
      const [first] = readList(payload['certificateStatusRequests']);
      const hash = readCertificateHash(readRecord(first)['certificateHashData']);
      return { certificateStatus: [shown(hash ?? NOBODY, 'OCSP', 'Failed', undefined)] };
    },
  };
};

const NOBODY: CertificateHash = { hashAlgorithm: 'SHA256', issuerNameHash: '', issuerKeyHash: '', serialNumber: '0' };

function readWanted(value: unknown): Wanted[] {
  if (!isRecord(value)) return [];
  const hash = readCertificateHash(value['certificateHashData']);
  const source = readSource(value['source']);
  const urls = (Array.isArray(value['urls']) ? value['urls'] : [value['urls']])
    .filter((url) => typeof url === 'string')
    .slice(0, MOST_URLS);
  return hash === undefined || source === undefined ? [] : [{ hash, source, urls }];
}
