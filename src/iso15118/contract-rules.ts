/** What is said of a contract and of its token together (2.0.1 C07; the numbers are those of 2.1). Pure. */
import type { Authorization } from '../ingest/inputs.ts';
import type { ContractVerdict, StatusAnswer } from './types.ts';

/** What to do where a responder cannot be asked: OCSP_UNAVAILABLE. */
export type WhenUnavailable = 'refuse' | 'accept';

/** C07.FR.05: of all certificates of a contract. A responder that lies is worse than one that is silent. */
export function verdictOf(answers: readonly StatusAnswer[], when: WhenUnavailable): ContractVerdict {
  if (answers.some((each) => each.at === 'known' && each.status === 'revoked')) return 'revoked';
  const isDoubtful = (each: StatusAnswer): boolean =>
    each.at === 'known' ? each.status === 'unknown' : each.fault === 'invalid' || when === 'refuse';
  return answers.some(isDoubtful) ? 'chain_error' : 'accepted';
}

/** These say that the contract itself is none, or no longer one; others (elsewhere, later, another session) leave it standing. */
const NO_CONTRACT: ReadonlySet<Authorization> = new Set(['blocked', 'expired', 'invalid']);

export type Said = {
  readonly verdict: ContractVerdict;
  /** What the token is told instead of its own answer; undefined: that one stands. */
  readonly refusal: 'expired' | 'invalid' | undefined;
};

/** C07.FR.13–FR.17: whoever has no good certificate does not charge, and whoever has no contract has no good certificate. */
export function sayTogether(authorization: Authorization, verdict: ContractVerdict): Said {
  if (verdict === 'accepted')
    return { verdict: NO_CONTRACT.has(authorization) ? 'contract_cancelled' : 'accepted', refusal: undefined };
  return { verdict, refusal: verdict === 'expired' ? 'expired' : 'invalid' };
}

/** ISO 15118-2 annex H: separators, case and the check digit at the end do not tell contracts apart. */
export function isSameContract(a: string, b: string): boolean {
  const bare = (text: string): string => text.replace(/[^a-z0-9]/gi, '').toUpperCase();
  const [x, y] = [bare(a), bare(b)];
  return x !== '' && (x === y || (isCounted(x) && isCounted(y) && x.slice(0, 14) === y.slice(0, 14)));
}
/** Country, provider, instance, and perhaps the check digit. */
const isCounted = (bare: string): boolean => bare.length === 14 || bare.length === 15;
