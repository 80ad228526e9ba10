/** In which languages a driver is told something. Pure. */

import type { Texts } from '../../pricing/index.ts';
import type { Manner } from '../types.ts';

const same = (a: string, b: string): boolean =>
  a.toLowerCase().replaceAll('_', '-') === b.toLowerCase().replaceAll('_', '-');

/** In his own language, or his organization's; and in all others that the charger can show. */
export function inLanguages(manner: Manner | null, say: (language: string) => string): Texts {
  const { language, languages } = manner ?? { language: 'en', languages: [] };
  return {
    text: say(language),
    language,
    texts: languages.filter((each) => !same(each, language)).map((each) => ({ language: each, text: say(each) })),
  };
}

/** Where the receipt of that session is. */
export const linkOf = (manner: Manner | null, sessionId: string): string | undefined =>
  manner?.receiptUrl?.replaceAll('{session_id}', sessionId);
