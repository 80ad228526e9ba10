/** What OCPP 2.x is asked about certificates (A02, A03, M03, M05) and local lists (D01). No rules. */
import type { Call, FriendlyCommand } from '../../commands/index.ts';
import { CERTIFICATE_TYPES, usesToWire } from './certificate-words.ts';
import { groupTokenToWire, idTokenToWire } from './id-token.ts';

type Wish<Do extends FriendlyCommand['do']> = Extract<FriendlyCommand, { do: Do }>;

/** A02.FR.14, A03: the type comes back as the request had it; without one the certificate is for both. */
export function certificateSigned({ chain, use, requestId }: Wish<'certificate_signed'>): Call {
  const certificateType = usesToWire(use);
  return {
    action: 'CertificateSigned',
    payload: {
      certificateChain: chain,
      ...(certificateType !== undefined && { certificateType }),
      ...(requestId !== undefined && { requestId }),
    },
  };
}

export const installCertificate = ({ type, certificate }: Wish<'install_certificate'>): Call => ({
  action: 'InstallCertificate',
  payload: { certificateType: CERTIFICATE_TYPES[type], certificate },
});

/** M03: who names no types asks for all. */
export const listCertificates = ({ types }: Wish<'list_certificates'>): Call => ({
  action: 'GetInstalledCertificateIds',
  payload: types === undefined ? {} : { certificateType: types.map((type) => CERTIFICATE_TYPES[type]) },
});

export function sendLocalList({ version, full, put, removed }: Wish<'send_local_list'>): Call {
  const gone = removed.map(({ uid, type }) => ({ idToken: idTokenToWire(uid, type ?? undefined) }));
  const entries = put.map(({ uid, type, status, expiresAt, parentIdTag }) => ({
    idToken: idTokenToWire(uid, type ?? undefined),
    idTokenInfo: {
      status,
      ...(expiresAt !== null && { cacheExpiryDateTime: expiresAt.toISOString() }),
      ...(parentIdTag !== null && { groupIdToken: groupTokenToWire(parentIdTag) }),
    },
  }));
  const list = [...gone, ...entries];
  return {
    action: 'SendLocalList',
    payload: {
      versionNumber: version,
      updateType: full ? 'Full' : 'Differential',
      // D01.FR.04: a full update without a list empties it.
      ...(list.length > 0 && { localAuthorizationList: list }),
    },
  };
}
