/** Decides who may connect, from what is on record and what was presented. Pure; takes as long for an unknown identity as for a known one. */
import { type Peppers, verifyChargerKey } from '../charge-points/index.ts';
import type { Credentials } from './basic-auth.ts';
import type { CertificateVerdict } from './client-certificate.ts';
import type { LoginRow } from './login-store.ts';

export type RefusalReason =
  | 'unknown_identity'
  | 'wrong_password'
  | 'missing_credentials'
  | 'wrong_security_profile'
  | 'missing_certificate'
  | 'wrong_certificate'
  | 'no_subprotocol'
  | 'decommissioned'
  | 'throttled'
  | 'bad_identity';

export type Knock = {
  readonly identity: string;
  readonly credentials: Credentials | undefined;
  /** It came over TLS. */
  readonly secure: boolean;
  /** What its client certificate is worth for this charge point (security profile 3). */
  readonly certificate: CertificateVerdict;
};

export type Verdict =
  | {
      readonly may: true;
      readonly profile: 0 | 1 | 2 | 3;
      readonly login: LoginRow;
      /** Which one it logged in with, while there are two. */
      readonly key?: 'current' | 'next';
      /** It is the higher profile that was expected. */
      readonly raises?: true;
    }
  | { readonly may: false; readonly reason: RefusalReason };

const NOTHING = new Uint8Array(0);

export function judge(peppers: Peppers, login: LoginRow | undefined, knock: Knock): Verdict {
  const { credentials } = knock;
  const stored =
    login?.keyHash && login.keySalt && login.keyKid
      ? { hash: login.keyHash, salt: login.keySalt, kid: login.keyKid }
      : undefined;
  // Always computed: the time that an answer takes must not tell what is on record.
  const next =
    login?.nextKeyHash && login.nextKeySalt && login.nextKeyKid
      ? { hash: login.nextKeyHash, salt: login.nextKeySalt, kid: login.nextKeyKid }
      : undefined;
  const password = credentials?.password ?? NOTHING;
  const isCurrent = verifyChargerKey(peppers, password, stored);
  const isNext = verifyChargerKey(peppers, password, next);
  const rightKey = (isCurrent || isNext) && credentials?.username.trim() === knock.identity;
  const key = next === undefined ? {} : { key: isNext ? ('next' as const) : ('current' as const) };

  if (login === undefined) return { may: false, reason: 'unknown_identity' };
  if (login.lifecycle === 'decommissioned') return { may: false, reason: 'decommissioned' };
  const { securityProfile: present, nextSecurityProfile: raised } = login;
  const verdict = judgeAs(present, login, knock, rightKey, key);
  if (raised === null || raised <= present) return verdict;
  // The higher one first: who proves it has proven it, whatever else it shows.
  const higher = judgeAs(raised, login, knock, rightKey, key);
  if (higher.may) return { ...higher, raises: true };
  // It came over the line of the higher one: what it lacks there is what its operator has to know.
  return !verdict.may && knock.secure && present < 2 ? higher : verdict;
}

function judgeAs(
  profile: number,
  login: LoginRow,
  { credentials, secure, certificate }: Knock,
  rightKey: boolean,
  key: { readonly key?: 'current' | 'next' },
): Verdict {
  switch (profile) {
    case 0:
      // No security at all, by somebody's explicit choice: what it presents does not matter.
      return secure ? { may: false, reason: 'wrong_security_profile' } : { may: true, profile: 0, login };
    case 1:
    case 2:
      // The key first: a wrong one must not learn which profile is expected.
      if (credentials === undefined) return { may: false, reason: 'missing_credentials' };
      if (!rightKey) return { may: false, reason: 'wrong_password' };
      if (secure !== (profile === 2)) return { may: false, reason: 'wrong_security_profile' };
      return { may: true, profile, login, ...key };
    case 3:
      if (!secure) return { may: false, reason: 'wrong_security_profile' };
      if (certificate === 'none') return { may: false, reason: 'missing_certificate' };
      if (certificate === 'wrong') return { may: false, reason: 'wrong_certificate' };
      return { may: true, profile: 3, login };
    default:
      return { may: false, reason: 'wrong_security_profile' };
  }
}
