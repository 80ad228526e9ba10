/** What alerts look for, and when nothing is to be told: rules with their thresholds, and maintenance windows. */
import { lazy } from 'react';
import { useParams } from 'react-router';
import { ruleTexts } from '../texts/alert-rules.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { Page } from '../ui/page.tsx';
import { TabsOf, useTabBelow } from '../ui/tabs-of.tsx';
import { Rules } from './alert-rules/rules.tsx';

const Maintenance = lazy(() => import('./alert-rules/maintenance.tsx'));
const Recipients = lazy(() => import('./alert-rules/recipients.tsx'));

export default function AlertRules() {
  const t = useTexts();
  const w = useWords(ruleTexts);
  const { tab } = useParams();
  const change = useTabBelow('/alerts/rules', 'rules');
  return (
    <Page title={w.title} above={{ to: '/alerts', title: t.alerts.title }}>
      <TabsOf
        tab={tab}
        change={change}
        parts={[
          { id: 'rules', title: w.tabs.rules, content: <Rules /> },
          { id: 'maintenance', title: w.tabs.maintenance, content: <Maintenance /> },
          { id: 'recipients', title: w.tabs.recipients, content: <Recipients /> },
        ]}
      />
    </Page>
  );
}
