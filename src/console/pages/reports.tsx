/** What was charged, for how long, for how much; and how well the chargers were there. */
import { SegmentedControl } from '@mantine/core';
import { lazy } from 'react';
import { useMay } from '../api/use-session.ts';
import { billingTexts } from '../texts/billing.ts';
import { reportTexts } from '../texts/reports.ts';
import { useWords } from '../texts/words.ts';
import { Page } from '../ui/page.tsx';
import { TabsOf } from '../ui/tabs-of.tsx';
import { useParam } from '../ui/use-param.ts';

const Totals = lazy(() => import('./reports/totals.tsx'));
const Cdrs = lazy(() => import('./reports/cdrs.tsx'));
const Files = lazy(() => import('./reports/files.tsx'));
const Uptime = lazy(() => import('./reports/uptime.tsx'));
const spans = [7, 30, 90, 365] as const;

export default function Reports() {
  const w = useWords(reportTexts);
  const billing = useWords(billingTexts);
  const maySeeBills = useMay('read:billing');
  const [tab, setTab] = useParam('show');
  const [given, setDays] = useParam('days');
  const days = spans.find((each) => String(each) === given) ?? 30;
  return (
    <Page
      title={w.title}
      actions={
        tab !== 'files' && (
          <SegmentedControl
            aria-label={w.span}
            value={String(days)}
            onChange={(value) => setDays(value === '30' ? '' : value)}
            data={spans.map((value) => ({ value: String(value), label: w.spans[value] }))}
          />
        )
      }
    >
      <TabsOf
        tab={tab}
        change={(next) => setTab(next === 'totals' ? '' : next)}
        parts={[
          { id: 'totals', title: w.tabs.totals, content: <Totals days={days} /> },
          { id: 'uptime', title: w.tabs.uptime, content: <Uptime days={days} /> },
          { id: 'cdrs', title: billing.tabs.cdrs, may: maySeeBills, content: <Cdrs days={days} /> },
          { id: 'files', title: billing.tabs.files, may: maySeeBills, content: <Files /> },
        ]}
      />
    </Page>
  );
}
