/** An OCSP request (RFC 6960 §4.1) for one certificate, named as OCPP names it. Unsigned, with a nonce (RFC 9654). */
import 'reflect-metadata';
import { CertID, id_pkix_ocsp_nonce, Nonce, OCSPRequest, Request, TBSRequest } from '@peculiar/asn1-ocsp';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Extension } from '@peculiar/asn1-x509';
import type { CertificateHash } from '../ingest/inputs.ts';
import { HASH_OIDS } from './algorithms.ts';

export function encodeOcspRequest(hash: CertificateHash, nonce: Uint8Array): Buffer {
  const request = new OCSPRequest({
    tbsRequest: new TBSRequest({
      requestList: [new Request({ reqCert: certIdOf(hash) })],
      requestExtensions: [
        new Extension({
          extnID: id_pkix_ocsp_nonce,
          extnValue: new OctetString(AsnConvert.serialize(new Nonce(nonce))),
        }),
      ],
    }),
  });
  return Buffer.from(AsnConvert.serialize(request));
}

export const certIdOf = ({ hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }: CertificateHash): CertID =>
  new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: HASH_OIDS[hashAlgorithm], parameters: null }),
    issuerNameHash: new OctetString(Buffer.from(issuerNameHash, 'hex')),
    issuerKeyHash: new OctetString(Buffer.from(issuerKeyHash, 'hex')),
    serialNumber: integerOf(serialNumber),
  });

/** The content octets of a positive INTEGER. */
function integerOf(hex: string): ArrayBuffer {
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const content = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return new Uint8Array(content).buffer;
}
