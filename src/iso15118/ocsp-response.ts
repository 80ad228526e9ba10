/**
 * Judges an OCSP response (RFC 6960 §3.2, §4.2): it answers this question, is signed by the certificate's own issuer or by a
 * responder that this issuer appointed, and holds now. The issuer is known by the hash of its key, which the question names: a
 * certificate with that key, wherever it comes from, is the issuer's. What comes is hostile: it never throws.
 */
import 'reflect-metadata';
import {
  BasicOCSPResponse,
  id_kp_OCSPSigning,
  id_pkix_ocsp_basic,
  id_pkix_ocsp_nonce,
  Nonce,
  OCSPResponse,
  OCSPResponseStatus,
  type SingleResponse,
} from '@peculiar/asn1-ocsp';
import { AsnConvert } from '@peculiar/asn1-schema';
import { ExtendedKeyUsageExtension, X509Certificate } from '@peculiar/x509';
import { isIssuedBy, isSignedBy, keyHashOf } from '../certificates/index.ts';
import type { CertificateHash } from '../ingest/inputs.ts';
import { HASH_OIDS, isNamedBy } from './algorithms.ts';
import type { StatusAnswer } from './types.ts';

/** Clocks differ. */
const SKEW_MS = 5 * 60_000;
/** How old an answer may be that does not say until when it holds. */
const MOST_AGE_MS = 60 * 60_000;
const MOST_CERTIFICATES = 10;

type Question = {
  readonly hash: CertificateHash;
  readonly nonce: Uint8Array;
  readonly now: Date;
  /** Authorities that are known here; the response may bring others. */
  readonly authorities: readonly X509Certificate[];
};

const invalid = (why: string): StatusAnswer => ({ at: 'failed', fault: 'invalid', why });

export function judgeOcspResponse(der: Buffer, question: Question): StatusAnswer {
  try {
    return judge(der, question);
  } catch {
    return invalid('The answer is no OCSP response');
  }
}

function judge(der: Buffer, question: Question): StatusAnswer {
  const { responseStatus, responseBytes } = AsnConvert.parse(der, OCSPResponse);
  if (responseStatus !== OCSPResponseStatus.successful) {
    const said = OCSPResponseStatus[responseStatus] ?? String(responseStatus);
    return { at: 'failed', fault: 'unavailable', why: `The responder answered ${said}` };
  }
  if (responseBytes?.responseType !== id_pkix_ocsp_basic) return invalid('The answer is of an unknown kind');
  const basic = AsnConvert.parse(responseBytes.response.buffer, BasicOCSPResponse);
  const { tbsResponseData: data, tbsResponseDataRaw: raw } = basic;
  if (raw === undefined) return invalid('The answer is no OCSP response');
  const single = data.responses.find((each) => isAbout(each, question.hash));
  if (single === undefined) return invalid('The answer is about another certificate');
  const given = data.responseExtensions?.find(({ extnID }) => extnID === id_pkix_ocsp_nonce);
  if (given !== undefined && !isNonce(given.extnValue.buffer, question.nonce))
    return invalid('The answer is to another question (nonce)');
  const late = lateness(single, question.now);
  if (late !== undefined) return invalid(late);
  const signer = signerOf(basic, question);
  if ('fault' in signer) return { at: 'failed', ...signer, ...(signer.fault === 'unverified' && { der }) };
  if (!isSignedBy(raw, basic.signature, basic.signatureAlgorithm, signer.key)) return invalid('Its signature is wrong');
  const { certStatus, thisUpdate, nextUpdate } = single;
  const status = certStatus.revoked !== undefined ? 'revoked' : certStatus.good !== undefined ? 'good' : 'unknown';
  return { at: 'known', status, thisUpdate, nextUpdate, der };
}

function isAbout({ certID }: SingleResponse, hash: CertificateHash): boolean {
  return (
    certID.hashAlgorithm.algorithm === HASH_OIDS[hash.hashAlgorithm] &&
    hex(certID.issuerNameHash.buffer) === hash.issuerNameHash &&
    hex(certID.issuerKeyHash.buffer) === hash.issuerKeyHash &&
    withoutZeros(hex(certID.serialNumber)) === withoutZeros(hash.serialNumber)
  );
}

/** Responders that sign in advance leave the nonce out; one that is there must be ours. */
function isNonce(value: ArrayBuffer, ours: Uint8Array): boolean {
  return Buffer.from(AsnConvert.parse(value, Nonce).buffer).equals(Buffer.from(ours));
}

/** §4.2.2.1: what is not yet, or no longer, or too old. */
function lateness({ thisUpdate, nextUpdate }: SingleResponse, now: Date): string | undefined {
  if (thisUpdate.getTime() > now.getTime() + SKEW_MS) return 'The answer is from the future';
  const until = nextUpdate?.getTime() ?? thisUpdate.getTime() + MOST_AGE_MS;
  return until < now.getTime() - SKEW_MS ? 'The answer is out of date' : undefined;
}

type Signer = { readonly key: ArrayBuffer } | { readonly fault: 'invalid' | 'unverified'; readonly why: string };

function signerOf({ tbsResponseData: { responderID }, certs = [] }: BasicOCSPResponse, question: Question): Signer {
  const brought = certs.slice(0, MOST_CERTIFICATES).map((each) => new X509Certificate(AsnConvert.serialize(each)));
  const isResponder = (each: X509Certificate): boolean =>
    responderID.byName !== undefined
      ? hex(AsnConvert.serialize(responderID.byName)) === hex(each.subjectName.toArrayBuffer())
      : hex(responderID.byKey?.buffer ?? new ArrayBuffer(0)) === keyHashOf(each, 'sha1');
  const all = [...brought, ...question.authorities];
  const issuer = all.find((each) => isNamedBy(each, question.hash));
  if (issuer !== undefined && isResponder(issuer)) return { key: issuer.publicKey.rawData };
  const appointed = all.find((each) => isResponder(each));
  if (appointed === undefined) return { fault: 'unverified', why: 'The certificate of the responder is not known' };
  if (issuer === undefined)
    return { fault: 'unverified', why: 'The certificate of the issuing authority is not known' };
  const why = faultOfAppointment(appointed, issuer, question);
  return why === undefined ? { key: appointed.publicKey.rawData } : { fault: 'invalid', why };
}

/** §4.2.2.2: appointed by the very authority that issued the certificate in question, for this purpose. */
function faultOfAppointment(
  responder: X509Certificate,
  issuer: X509Certificate,
  { now }: Question,
): string | undefined {
  const { usages = [] } = responder.getExtension(ExtendedKeyUsageExtension) ?? {};
  if (!usages.includes(id_kp_OCSPSigning)) return 'The responder was not appointed to answer';
  if (now < responder.notBefore || now > responder.notAfter) return "The responder's certificate is not valid now";
  return isIssuedBy(responder, issuer) ? undefined : 'The responder was appointed by another authority';
}

const hex = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('hex');
const withoutZeros = (serial: string): string => serial.replace(/^0+(?=.)/, '');
