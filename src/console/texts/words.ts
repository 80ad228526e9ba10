/**
 * The words of one page, in every language, in a file of their own beside this one: they are loaded with the page. What several pages say
 * stands in en.ts and de.ts, which the first page brings.
 */
import type { Language } from '../format.ts';
import { useSpoken } from './use-texts.ts';

export type Words<T> = Readonly<Record<Language, T>>;

/** English says which words there are; a language that lacks one, or takes other parameters, does not compile. */
export const words = <T>(en: T, de: NoInfer<T>): Words<T> => ({ en, de });

export const useWords = <T>(catalogue: Words<T>): T => catalogue[useSpoken().language];
