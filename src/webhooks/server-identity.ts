/** Whether a certificate is that of the host that was dialled. */
import { isIPv6 } from 'node:net';
import { checkServerIdentity as checkByNode, type PeerCertificate } from 'node:tls';

/** One text for all that mean the same address. */
const canonical = (address: string): string => new URL(`http://[${address}]`).hostname;

/**
 * As tls.checkServerIdentity. That of Node 22.23 takes an IPv6 address for a name and finds it in no certificate; of those it is decided
 * here, on every version alike, by the certificate's addresses alone (RFC 9110 §4.3.5).
 */
export function checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  if (!isIPv6(host)) return checkByNode(host, certificate);
  // A name that holds more than a name can is quoted there, and is no address; a quote that does not end takes the rest with it.
  const names = (certificate.subjectaltname ?? '').replaceAll(/"(?:[^"\\]|\\.?)*(?:"|$)/gs, '').split(', ');
  const addresses = names.flatMap((name) => (name.startsWith('IP Address:') ? [name.slice(11)] : []));
  if (addresses.some((each) => isIPv6(each) && canonical(each) === canonical(host))) return undefined;
  const reason = `IP: ${host} is not in the certificate's list: ${addresses.join(', ')}`;
  return Object.assign(new Error(reason), { code: 'ERR_TLS_CERT_ALTNAME_INVALID', reason, host, cert: certificate });
}
