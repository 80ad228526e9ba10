/**
 * Whether a client certificate is this charge point's (security profile 3): the chain was verified by TLS; CN names the charge
 * point, by its identity or its serial number, and O, if it is there, its organization (OCPP 2.x A00.FR.507, 1.6 whitepaper §3.4).
 */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { LoginRow } from './login-store.ts';

export type CertificateVerdict = 'none' | 'wrong' | 'right';

export function judgeCertificate(
  request: Pick<IncomingMessage, 'socket'>,
  login: Pick<LoginRow, 'identity' | 'serialNumber' | 'organizationName'>,
): CertificateVerdict {
  const socket = request.socket as Partial<TLSSocket>; // a plain socket has none of these
  if (socket.encrypted !== true || socket.getPeerCertificate === undefined) return 'none';
  const subject: Readonly<Record<string, unknown>> | undefined = socket.getPeerCertificate()?.subject;
  if (subject === undefined) return 'none';
  if (socket.authorized !== true) return 'wrong';
  const { CN: name, O: organization } = subject;
  const isNamed = typeof name === 'string' && (name === login.identity || name === login.serialNumber);
  const isOurs = organization === undefined || organization === login.organizationName;
  return isNamed && isOurs ? 'right' : 'wrong';
}
