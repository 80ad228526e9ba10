/** Whether a token may charge, in a word. */
import type { Schemas } from '../../api/client.ts';
import { tokenTexts } from '../../texts/tokens.ts';
import { useWords } from '../../texts/words.ts';
import { useNow } from '../../ui/live.tsx';
import { Status } from '../../ui/status.tsx';

export type Token = Schemas['Token'];

export const isExpired = ({ valid_until }: Pick<Token, 'valid_until'>, now: number): boolean =>
  valid_until !== null && new Date(valid_until).getTime() <= now;

export function TokenState({ token }: { readonly token: Token }) {
  const w = useWords(tokenTexts);
  const now = useNow(15_000);
  if (token.status === 'blocked') return <Status tone="bad">{w.blocked}</Status>;
  if (isExpired(token, now)) return <Status tone="warn">{w.expired}</Status>;
  return <Status tone="ok">{w.active}</Status>;
}
