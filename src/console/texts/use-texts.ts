/** The chosen language: its words and its way to write numbers. Kept in this browser; at first what the browser prefers. */
import { createContext, useContext } from 'react';
import { createFormat, type Format, type Language } from '../format.ts';
import { de } from './de.ts';
import { en, type Texts } from './en.ts';

const KEY = 'dynamo.language';
const catalogues: Record<Language, Texts> = { en, de };
export const languages = [
  { value: 'en', label: 'English' },
  { value: 'de', label: 'Deutsch' },
] as const;

export type Spoken = {
  readonly language: Language;
  readonly t: Texts;
  readonly format: Format;
  readonly change: (language: Language) => void;
};

export const spoken = (language: Language, change: (language: Language) => void): Spoken => ({
  language,
  t: catalogues[language],
  format: createFormat(language),
  change,
});

export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === 'en' || kept === 'de') return kept;
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';
}
export const keepLanguage = (language: Language): void => localStorage.setItem(KEY, language);

export const SpokenContext = createContext<Spoken>(spoken('en', () => undefined));
export const useSpoken = (): Spoken => useContext(SpokenContext);
export const useTexts = (): Texts => useSpoken().t;
export const useFormat = (): Format => useSpoken().format;
