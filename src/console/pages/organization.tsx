/** The organization: its settings, who works there, keys of its programs, and who did what. */
import { lazy } from 'react';
import { useParams } from 'react-router';
import { useMay } from '../api/use-session.ts';
import { organizationTexts } from '../texts/organization.ts';
import { signOnTexts } from '../texts/sign-on.ts';
import { useWords } from '../texts/words.ts';
import { Page } from '../ui/page.tsx';
import { TabsOf, useTabBelow } from '../ui/tabs-of.tsx';
import { Settings } from './organization/settings.tsx';

const Members = lazy(() => import('./organization/members.tsx'));
const Keys = lazy(() => import('./organization/keys.tsx'));
const SingleSignOn = lazy(() => import('./organization/sign-on.tsx'));
const Audit = lazy(() => import('./organization/audit.tsx'));

export default function Organization() {
  const w = useWords(organizationTexts);
  const signOn = useWords(signOnTexts);
  const { tab } = useParams();
  const change = useTabBelow('/organization', 'settings');
  const [members, keys, audit] = [useMay('read:members'), useMay('write:api_keys'), useMay('read:audit')];
  return (
    <Page title={w.title}>
      <TabsOf
        tab={tab}
        change={change}
        parts={[
          { id: 'settings', title: w.tabs.settings, content: <Settings /> },
          { id: 'members', title: w.tabs.members, may: members, content: <Members /> },
          { id: 'sign-on', title: signOn.tab, may: members, content: <SingleSignOn /> },
          { id: 'keys', title: w.tabs.keys, may: keys, content: <Keys /> },
          { id: 'audit', title: w.tabs.audit, may: audit, content: <Audit /> },
        ]}
      />
    </Page>
  );
}
