/**
 * Which passwords a person may choose (NIST SP 800-63B-4 §3.1.1.2): long enough, not one that everybody tries first, not one's own
 * address or name. No rules of composition, no expiry. Pure.
 */
import { AppError } from '../platform/errors.ts';
import { COMMON_WORDS } from './common-words.ts';

export const MIN_PASSWORD_CHARS = 12;
export const MAX_PASSWORD_CHARS = 256;

/** What is wrong with it, in words for its owner; undefined: nothing. */
export function passwordFault(
  password: string,
  person: { readonly email?: string | undefined; readonly name?: string | null | undefined } = {},
): string | undefined {
  const text = password.normalize('NFKC');
  const length = [...text].length;
  if (length < MIN_PASSWORD_CHARS) return `must have at least ${MIN_PASSWORD_CHARS} characters`;
  if (length > MAX_PASSWORD_CHARS) return `must have at most ${MAX_PASSWORD_CHARS} characters`;
  if (text.includes('\0')) return 'must not contain NUL';
  // Years are words too.
  const typed = text.toLowerCase().replace(/(?:19|20)\d\d/g, ' ');
  const meant = plainOf(typed);
  const [account = '', domain = ''] = (person.email ?? '').split('@');
  const own = [account, domain.split('.')[0] ?? '', ...(person.name ?? '').split(/\s+/), 'dynamo', 'csms'];
  const words = [...own.map(plainOf).filter((word) => word.length >= 4), ...COMMON_WORDS];
  // As it is typed, and as it is meant: 5umm3r is no other word than summer.
  if ([typed, meant].some((each) => isGuessable(withoutWords(each, words))))
    return 'is one that is tried first: words that everybody uses, your own name, or a row of keys';
  return undefined;
}

export function checkPassword(password: string, person: Parameters<typeof passwordFault>[1], field = 'password'): void {
  const fault = passwordFault(password, person);
  if (fault === undefined) return;
  throw new AppError('validation_failed', `The password ${fault}`, { details: [{ field, message: fault }] });
}

/** As guessers' rules see it: in lower case, with letters for what looks like them. */
function plainOf(text: string): string {
  return text.toLowerCase().replace(/[@4013$57!]/g, (sign) => LOOKS_LIKE[sign] ?? sign);
}
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  ...{ '@': 'a', '4': 'a', '0': 'o', '1': 'l', '3': 'e', $: 's', '5': 's', '7': 't', '!': 'i' },
};

/** Longest first, as each is taken out once it is known. */
function withoutWords(text: string, words: readonly string[]): string {
  let rest = text;
  for (const word of [...words].sort((a, b) => b.length - a.length)) rest = rest.replaceAll(word, ' ');
  return rest;
}

/** Too little is left to guess: fewer than five characters that continue no row and repeat nothing. */
function isGuessable(rest: string): boolean {
  let surprising = 0;
  const seen = new Set<string>();
  for (let at = 0; at < rest.length; at += 1) {
    const [now, before] = [rest.charCodeAt(at), at === 0 ? 0 : rest.charCodeAt(at - 1)];
    const pair = rest.slice(Math.max(0, at - 1), at + 1);
    if (rest[at] !== ' ' && Math.abs(now - before) > 1 && !ROWS.includes(pair) && !seen.has(pair)) surprising += 1;
    seen.add(pair);
  }
  return surprising < MIN_SURPRISING;
}
const MIN_SURPRISING = 5;
const ROWS = 'qwertyuiop qwertzuiop asdfghjkl zxcvbnm yxcvbnm azertyuiop poiuytrewq lkjhgfdsa mnbvcxz';
