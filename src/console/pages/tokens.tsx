/** Who may charge: tokens, their groups, and those that chargers have asked about and nobody knows. */
import { lazy } from 'react';
import { useParams } from 'react-router';
import { tokenTexts } from '../texts/tokens.ts';
import { useWords } from '../texts/words.ts';
import { Page } from '../ui/page.tsx';
import { TabsOf, useTabBelow } from '../ui/tabs-of.tsx';
import { TokenList } from './tokens/list.tsx';

const Groups = lazy(() => import('./tokens/groups.tsx'));
const Unknown = lazy(() => import('./tokens/unknown.tsx'));

export default function Tokens() {
  const w = useWords(tokenTexts);
  const { tab } = useParams();
  const change = useTabBelow('/tokens', 'tokens');
  return (
    <Page title={w.title}>
      <TabsOf
        tab={tab}
        change={change}
        parts={[
          { id: 'tokens', title: w.tabs.tokens, content: <TokenList /> },
          { id: 'groups', title: w.tabs.groups, content: <Groups /> },
          { id: 'unknown', title: w.tabs.unknown, content: <Unknown /> },
        ]}
      />
    </Page>
  );
}
