/** Reads the certificates of a car's contract in an AuthorizeRequest (2.0.1 C07), whatever they hold. */
import type { ContractQuestion } from '../../iso15118/index.ts';
import { readCertificateHash } from '../certificate-hash.ts';
import { folded, isRecord, readList } from '../reading.ts';

/** A contract and the authorities below its root. */
const MOST_HASHES = 4;

/** undefined: the token comes without a contract. Hashes that cannot be read are none, which no contract has. */
export function readContract(
  payload: Readonly<Record<string, unknown>>,
  token: { readonly uid: string | null; readonly type: string },
): Omit<ContractQuestion, 'organizationId'> | undefined {
  const { certificate: pem, iso15118CertificateHashData: data } = payload;
  const certificate = typeof pem === 'string' && pem.trim() !== '' ? pem : undefined;
  if (certificate === undefined && data === undefined) return undefined;
  const hashes = readList(data)
    .slice(0, MOST_HASHES)
    .flatMap((each) => {
      const hash = readCertificateHash(each);
      const url = isRecord(each) ? each['responderURL'] : undefined;
      return hash === undefined ? [] : [{ hash, url: typeof url === 'string' ? url.trim() : '' }];
    });
  const contractId = folded(token.type) === 'emaid' ? (token.uid ?? undefined) : undefined;
  return { certificate, hashes, contractId };
}
