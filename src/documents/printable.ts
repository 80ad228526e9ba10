/** Texts as the font can show them. It has Latin with all its marks, Greek and Cyrillic; what it lacks is shown as ?, never left out. */
import { MOST_TEXT } from './content.ts';

type Font = { hasGlyphForCodePoint(codePoint: number): boolean };

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu;
const SPACES = /\p{Zs}/gu;

export function printable(text: string, font: Font): string {
  const plain = text
    .slice(0, MOST_TEXT)
    .normalize('NFC')
    .replaceAll('\n', ' ')
    .replace(UNSEEN, '')
    .replace(SPACES, ' ');
  let shown = '';
  for (const character of plain) {
    const codePoint = character.codePointAt(0) ?? 0;
    // a mark that has found no letter to join
    if (/\p{M}/u.test(character) && !font.hasGlyphForCodePoint(codePoint)) continue;
    shown += font.hasGlyphForCodePoint(codePoint) ? character : '?';
  }
  return text.length > MOST_TEXT ? `${shown}...` : shown;
}
