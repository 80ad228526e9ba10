/**
 * Who comes in by single sign-on. A provider is chosen by an organization and vouches for nobody beyond it: it opens accounts that were
 * made there, and no other account for the sake of an e-mail address (OpenID Connect Core §5.7). Pure.
 */

/** What the provider says, after its signature, issuer, audience, time and nonce were found right. */
export type Claims = {
  readonly email: string | undefined;
  readonly isEmailVerified: boolean;
  /** It asked for several factors (RFC 8176, amr `mfa`). */
  readonly mfa: boolean;
};
export type Facts = {
  readonly emailDomains: readonly string[];
  readonly defaultRole: string | null;
  readonly wantsSecondFactor: boolean;
  readonly account:
    | {
        readonly isDisabled: boolean;
        readonly isMember: boolean;
        /** The account was made in this organization. */
        readonly isHome: boolean;
        /** He has come as this subject before. */
        readonly isLinked: boolean;
        /** He has come as another subject of this provider before. */
        readonly isLinkedElse: boolean;
      }
    | undefined;
};
export type Refusal =
  | 'email_missing'
  | 'email_not_verified'
  | 'email_domain_not_allowed'
  | 'no_second_factor'
  | 'nobody_by_this_address'
  | 'account_disabled'
  | 'no_member'
  | 'account_of_another_organization'
  | 'subject_of_another_account'
  | 'login_is_over'
  | 'another_subject_before';
export type Decision =
  | { readonly do: 'log_in' | 'link' | 'provision' }
  | { readonly do: 'refuse'; readonly why: Refusal };

export function decideSignOn(claims: Claims, facts: Facts): Decision {
  const why = faultOf(claims, facts);
  if (why !== undefined) return { do: 'refuse', why };
  if (facts.account === undefined) return { do: 'provision' };
  return { do: facts.account.isLinked ? 'log_in' : 'link' };
}

/** What is known of a member who is logged in by his password, and of the subject that he came back as. */
export type LinkFacts = {
  readonly emailDomains: readonly string[];
  readonly wantsSecondFactor: boolean;
  /** The login that asked for it, and he himself, are still good here. */
  readonly mayStillAct: boolean;
  /** Whose the subject is already. */
  readonly holder: 'nobody' | 'himself' | 'another';
  /** He has come as another subject of this provider before. */
  readonly isLinkedElse: boolean;
};

/**
 * A member says, with his password, that he is this subject: so a guest, whose account was made elsewhere and whom the provider may know by
 * another address, comes in by it too. The address must still be verified, and of a domain that the organization allows.
 */
export function decideLink(claims: Claims, facts: LinkFacts): Decision {
  const why = linkFault(claims, facts);
  if (why !== undefined) return { do: 'refuse', why };
  return { do: facts.holder === 'himself' ? 'log_in' : 'link' };
}

function linkFault(claims: Claims, facts: LinkFacts): Refusal | undefined {
  const fault = claimsFault(claims, facts);
  if (fault !== undefined) return fault;
  if (!facts.mayStillAct) return 'login_is_over';
  if (facts.holder === 'another') return 'subject_of_another_account';
  return facts.holder === 'nobody' && facts.isLinkedElse ? 'another_subject_before' : undefined;
}

function claimsFault(
  { email, isEmailVerified, mfa }: Claims,
  { emailDomains, wantsSecondFactor }: Pick<Facts, 'emailDomains' | 'wantsSecondFactor'>,
): Refusal | undefined {
  if (email === undefined) return 'email_missing';
  if (!isEmailVerified) return 'email_not_verified';
  if (!emailDomains.includes(email.slice(email.lastIndexOf('@') + 1))) return 'email_domain_not_allowed';
  return wantsSecondFactor && !mfa ? 'no_second_factor' : undefined;
}

function faultOf(claims: Claims, facts: Facts): Refusal | undefined {
  const { account, defaultRole } = facts;
  const fault = claimsFault(claims, facts);
  if (fault !== undefined) return fault;
  // Who was removed comes back by an invitation, not by himself: only who has no account at all is made a member.
  if (account === undefined) return defaultRole === null ? 'nobody_by_this_address' : undefined;
  if (account.isDisabled) return 'account_disabled';
  if (!account.isMember) return 'no_member';
  if (account.isLinked) return undefined;
  if (!account.isHome) return 'account_of_another_organization';
  // Addresses are given to others after a time; subjects never are (OpenID Connect Core §2).
  return account.isLinkedElse ? 'another_subject_before' : undefined;
}
