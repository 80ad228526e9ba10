/**
 * Whether a client certificate is this charge point's (security profile 3): the chain was verified by TLS. One that was signed
 * here opens the charge point that asked for it and no other, whatever its CN has come to mean. Of any other CN names the charge
 * point, by its identity or its serial number. O, if it is there, is its organization (OCPP 2.x A00.FR.507, 1.6 whitepaper §3.4).
 */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isSameName, type SignedFor } from '../certificates/index.ts';
import type { LoginRow } from './login-store.ts';

export type CertificateVerdict = 'none' | 'wrong' | 'right';

/** `trusted`: TLS has followed its chain to an authority of ours; a fingerprint as certificates/read-store.ts has it. */
export type Shown =
  | { readonly trusted: false }
  | { readonly trusted: true; readonly fingerprint: string; readonly CN: unknown; readonly O: unknown };

/** undefined: none was shown. */
export function shownBy(request: Pick<IncomingMessage, 'socket'>): Shown | undefined {
  const socket = request.socket as Partial<TLSSocket>; // a plain socket has none of these
  if (socket.encrypted !== true || socket.getPeerCertificate === undefined) return undefined;
  const certificate = socket.getPeerCertificate();
  const subject: Readonly<Record<string, unknown>> | undefined = certificate?.subject;
  if (subject === undefined) return undefined;
  if (socket.authorized !== true) return { trusted: false };
  const { CN, O } = subject; // a name that stands twice is a list of texts
  return { trusted: true, fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(), CN, O };
}

/** `signed`: for whom, if it was signed here. */
export function judgeCertificate(
  shown: Shown | undefined,
  signed: SignedFor | undefined,
  login: Pick<LoginRow, 'chargePointId' | 'identity' | 'serialNumber' | 'organizationName'>,
): CertificateVerdict {
  if (shown === undefined) return 'none';
  if (!shown.trusted) return 'wrong';
  const { CN: name, O: organization } = shown;
  const isNamed =
    signed === undefined
      ? typeof name === 'string' && (name === login.identity || name === login.serialNumber)
      : signed.opens === login.chargePointId;
  const isOurs =
    organization === undefined ||
    (typeof organization === 'string' && isSameName(organization, login.organizationName));
  return isNamed && isOurs ? 'right' : 'wrong';
}
