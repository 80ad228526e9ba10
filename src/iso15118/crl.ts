/**
 * Asks for the status of certificates in lists of revoked ones (RFC 5280 §5), as stations of OCPP 2.1 may want it. A list is
 * believed if the issuing authority, whose certificate is known here, signed it, and while it is not out of date. Remembered.
 */
import 'reflect-metadata';
import { AsnConvert } from '@peculiar/asn1-schema';
import { CertificateList } from '@peculiar/asn1-x509';
import type { X509Certificate } from '@peculiar/x509';
import { isSignedBy } from '../certificates/index.ts';
import type { Clock } from '../platform/clock.ts';
import { isNamedBy } from './algorithms.ts';
import { type Fetch, readUrl } from './fetch.ts';
import type { OcspClient } from './ocsp-client.ts';
import type { StatusAnswer, StatusFault } from './types.ts';

const LONGEST_LIST = 4 * 1024 * 1024;
const MOST_REMEMBERED = 50;
const LONGEST_MS = 86_400_000;
const SKEW_MS = 5 * 60_000;

type List = {
  readonly der: Buffer;
  /** Serial numbers in hexadecimal, without leading zeros. */
  readonly revoked: ReadonlySet<string>;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
};

/** Asked like an OCSP client. An authority that is not known here cannot be believed: `unverified`. */
export function createCrlClient({ fetch, clock }: { readonly fetch: Fetch; readonly clock: Clock }): OcspClient {
  const remembered = new Map<string, { readonly list: List; readonly untilMs: number }>();

  async function listOf(url: string, issuer: X509Certificate): Promise<List | StatusAnswer> {
    const key = `${url} ${issuer.serialNumber} ${issuer.subject}`;
    const known = remembered.get(key);
    if (known !== undefined && known.untilMs > clock.now().getTime()) return known.list;
    const { status, body } = await fetch({ url, headers: { Accept: 'application/pkix-crl' }, mostBytes: LONGEST_LIST });
    if (status !== 200) return failed('unavailable', `The server of the list answered with HTTP status ${status}`);
    const list = readList(body, issuer, clock.now());
    if ('at' in list) return list;
    remembered.delete(key);
    const [oldest] = remembered.keys();
    if (remembered.size >= MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    const longest = clock.now().getTime() + LONGEST_MS;
    remembered.set(key, { list, untilMs: Math.min(longest, list.nextUpdate.getTime()) });
    return list;
  }

  return async ({ hash, url }, authorities) => {
    if (readUrl(url) === undefined) return failed('bad_url', 'The address of the list is none of a web server');
    const issuer = authorities.find((each) => isNamedBy(each, hash));
    if (issuer === undefined) return failed('unverified', 'The certificate of the issuing authority is not known');
    try {
      const list = await listOf(url, issuer);
      if ('at' in list) return list;
      const { revoked, thisUpdate, nextUpdate, der } = list;
      const serial = hash.serialNumber.replace(/^0+(?=.)/, '');
      return { at: 'known', status: revoked.has(serial) ? 'revoked' : 'good', thisUpdate, nextUpdate, der };
    } catch (cause) {
      return failed('unavailable', cause instanceof Error ? cause.message.slice(0, 200) : 'It could not be asked');
    }
  };
}

function readList(der: Buffer, issuer: X509Certificate, now: Date): List | StatusAnswer {
  let list: CertificateList;
  try {
    list = AsnConvert.parse(der, CertificateList);
  } catch {
    return failed('invalid', 'The answer is no list of revoked certificates');
  }
  const { tbsCertList: tbs, tbsCertListRaw: raw, signature, signatureAlgorithm } = list;
  const names = [AsnConvert.serialize(tbs.issuer), issuer.subjectName.toArrayBuffer()].map((each) => Buffer.from(each));
  if (names[0] === undefined || names[1] === undefined || !names[0].equals(names[1]))
    return failed('invalid', 'The list is of another authority');
  if (raw === undefined || !isSignedBy(raw, signature, signatureAlgorithm, issuer.publicKey.rawData))
    return failed('invalid', 'The signature of the list is wrong');
  // §5.1.2.5: a list has to say when the next one comes.
  const [thisUpdate, nextUpdate] = [tbs.thisUpdate.getTime(), tbs.nextUpdate?.getTime()];
  if (nextUpdate === undefined || nextUpdate.getTime() < now.getTime() - SKEW_MS)
    return failed('invalid', 'The list is out of date');
  if (thisUpdate.getTime() > now.getTime() + SKEW_MS) return failed('invalid', 'The list is from the future');
  const serials = (tbs.revokedCertificates ?? []).map(({ userCertificate }) =>
    Buffer.from(userCertificate)
      .toString('hex')
      .replace(/^0+(?=.)/, ''),
  );
  return { der, revoked: new Set(serials), thisUpdate, nextUpdate };
}

const failed = (fault: StatusFault, why: string): StatusAnswer => ({ at: 'failed', fault, why });
