/** Authorities, contracts, and an OCSP responder over HTTP that signs what it is told to say, well or badly. */
import 'reflect-metadata';
import { constants, createHash, KeyObject, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BasicOCSPResponse,
  CertStatus,
  id_kp_OCSPSigning,
  id_pkix_ocsp_basic,
  id_pkix_ocsp_nonce,
  KeyHash,
  OCSPRequest,
  OCSPResponse,
  OCSPResponseStatus,
  ResponderID,
  ResponseBytes,
  ResponseData,
  RevokedInfo,
  SingleResponse,
} from '@peculiar/asn1-ocsp';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Certificate, Extension } from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';
import { hashOf, keyHashOf } from '../../src/certificates/index.ts';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR_MS = 3_600_000;

export type Issued = { readonly certificate: x509.X509Certificate; readonly keys: CryptoKeyPair; readonly pem: string };
type CryptoKeyPair = Awaited<ReturnType<typeof generate>>;
const PSS = {
  name: 'RSA-PSS',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;
const generate = (isRsa = false) =>
  isRsa
    ? crypto.subtle.generateKey(PSS, true, ['sign', 'verify'])
    : crypto.subtle.generateKey(EC, true, ['sign', 'verify']);

export type Issuing = {
  readonly issuer?: Issued;
  readonly isAuthority?: boolean;
  readonly ocspUrl?: string;
  readonly isResponder?: boolean;
  /** Its own key; default: elliptic curve. */
  readonly isRsa?: boolean;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
};
/** Without an issuer: a root. */
export async function issue(name: string, how: Issuing = {}): Promise<Issued> {
  const keys = await generate(how.isRsa);
  const { issuer, isAuthority = false, ocspUrl, isResponder = false } = how;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(8).toString('hex').replace(/^./, '4'),
    subject: `CN=${name}`,
    issuer: issuer?.certificate.subject ?? `CN=${name}`,
    notBefore: how.notBefore ?? new Date(Date.now() - HOUR_MS),
    notAfter: how.notAfter ?? new Date(Date.now() + 24 * HOUR_MS),
    signingAlgorithm: EC,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      ...(isResponder ? [new x509.ExtendedKeyUsageExtension([id_kp_OCSPSigning])] : []),
      ...(ocspUrl === undefined ? [] : [new x509.AuthorityInfoAccessExtension({ ocsp: [ocspUrl] })]),
    ],
  });
  return { certificate, keys, pem: certificate.toString('pem') };
}

export const hashDataOf = ({ certificate }: Issued, issuer: Issued) => hashOf(certificate, issuer.certificate);

export type Saying = {
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate?: Date;
  /** null: it does not say. Default in an hour. */
  readonly nextUpdate?: Date | null;
  /** Default: as it was asked. */
  readonly nonce?: Uint8Array | null;
  /** Of whom it is said; default: as it was asked. */
  readonly serial?: ArrayBuffer;
  /** Default: the issuing authority itself. */
  readonly signer?: Issued;
  readonly certificates?: readonly Issued[];
  readonly byKey?: boolean;
  readonly spoilt?: boolean;
  /** By RSASSA-PSS: the parameters as they are said, and the salt as it is made. */
  readonly pss?: { readonly parameters: Uint8Array; readonly hash: string; readonly saltLength: number };
  readonly refusal?: OCSPResponseStatus;
};

/** DER. `by` signs unless `saying.signer` does. */
export function ocspResponse(request: Uint8Array, by: Issued, saying: Saying = {}): Buffer {
  if (saying.refusal !== undefined)
    return Buffer.from(AsnConvert.serialize(new OCSPResponse({ responseStatus: saying.refusal })));
  const { tbsRequest } = AsnConvert.parse(request, OCSPRequest);
  const certID = tbsRequest.requestList[0]?.reqCert;
  if (certID === undefined) throw new Error('the request names no certificate');
  if (saying.serial !== undefined) certID.serialNumber = saying.serial;
  const { status = 'good', nextUpdate = new Date(Date.now() + HOUR_MS), signer = by } = saying;
  const certStatus =
    status === 'good'
      ? new CertStatus({ good: null })
      : status === 'revoked'
        ? new CertStatus({ revoked: new RevokedInfo({ revocationTime: new Date() }) })
        : new CertStatus({ unknown: null });
  const asked = tbsRequest.requestExtensions?.find(({ extnID }) => extnID === id_pkix_ocsp_nonce)?.extnValue;
  const nonce =
    saying.nonce === undefined
      ? asked
      : saying.nonce === null
        ? undefined
        : new OctetString(AsnConvert.serialize(new OctetString(saying.nonce)));
  const tbsResponseData = new ResponseData({
    responderID: saying.byKey
      ? new ResponderID({ byKey: new KeyHash(Buffer.from(keyHashOf(signer.certificate, 'sha1'), 'hex')) })
      : new ResponderID({ byName: AsnConvert.parse(signer.certificate.rawData, Certificate).tbsCertificate.subject }),
    producedAt: new Date(),
    responses: [
      new SingleResponse({
        certID,
        certStatus,
        thisUpdate: saying.thisUpdate ?? new Date(Date.now() - 60_000),
        ...(nextUpdate !== null && { nextUpdate }),
      }),
    ],
    ...(nonce !== undefined && {
      responseExtensions: [new Extension({ extnID: id_pkix_ocsp_nonce, extnValue: nonce })],
    }),
  });
  const signed = Buffer.from(AsnConvert.serialize(tbsResponseData));
  const { pss } = saying;
  const key = KeyObject.from(signer.keys.privateKey);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const signature =
    pss === undefined
      ? sign('sha256', signed, key)
      : sign(pss.hash, signed, { key, padding, saltLength: pss.saltLength });
  if (saying.spoilt) signature[signature.length - 1] = (signature[signature.length - 1] ?? 0) ^ 1;
  const basic = new BasicOCSPResponse({
    tbsResponseData,
    tbsResponseDataRaw: new Uint8Array(signed).buffer,
    signatureAlgorithm:
      pss === undefined
        ? new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' })
        : new AlgorithmIdentifier({
            algorithm: '1.2.840.113549.1.1.10',
            parameters: new Uint8Array(pss.parameters).buffer,
          }),
    signature: new Uint8Array(signature).buffer,
    ...(saying.certificates !== undefined && {
      certs: saying.certificates.map(({ certificate }) => AsnConvert.parse(certificate.rawData, Certificate)),
    }),
  });
  const responseBytes = new ResponseBytes({
    responseType: id_pkix_ocsp_basic,
    response: new OctetString(AsnConvert.serialize(basic)),
  });
  return Buffer.from(
    AsnConvert.serialize(new OCSPResponse({ responseStatus: OCSPResponseStatus.successful, responseBytes })),
  );
}

export type OcspResponder = {
  readonly url: string;
  /** What it was asked, oldest first. */
  readonly asked: { readonly serial: string; readonly headers: Record<string, unknown> }[];
  /** From now on. A function sees the serial number, in hexadecimal, without leading zeros. */
  says(what: Saying | ((serial: string) => Saying)): void;
  /** Answers with this status, and nothing else. */
  fails(status: number): void;
  close(): Promise<void>;
};

/** `by`: in whose name it answers, by the hash of that authority's key in the question. */
export async function ocspResponder(by: readonly Issued[]): Promise<OcspResponder> {
  const asked: OcspResponder['asked'] = [];
  let saying: (serial: string) => Saying = () => ({});
  let failing: number | undefined;
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      if (failing !== undefined) return void res.writeHead(failing, { Location: 'http://127.0.0.1:9/' }).end();
      const request = Buffer.concat(chunks);
      const certID = AsnConvert.parse(request, OCSPRequest).tbsRequest.requestList[0]?.reqCert;
      const keyHash = Buffer.from(certID?.issuerKeyHash.buffer ?? new ArrayBuffer(0)).toString('hex');
      const serial = Buffer.from(certID?.serialNumber ?? new ArrayBuffer(0))
        .toString('hex')
        .replace(/^0+(?=.)/, '');
      asked.push({ serial, headers: req.headers });
      const issuer = by.find(({ certificate }) => keyHashOf(certificate, 'sha256') === keyHash) ?? by[0];
      if (issuer === undefined) return void res.writeHead(500).end();
      const answer = ocspResponse(request, issuer, { certificates: [issuer], ...saying(serial) });
      res.writeHead(200, { 'Content-Type': 'application/ocsp-response' }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ocsp`,
    asked,
    says(what) {
      failing = undefined;
      saying = typeof what === 'function' ? what : () => what;
    },
    fails(status) {
      failing = status;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
