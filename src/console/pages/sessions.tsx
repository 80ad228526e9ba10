/** All sessions: who is charging now, and who has. */
import { SegmentedControl, Stack } from '@mantine/core';
import { useSearchParams } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { answer, api } from '../api/client.ts';
import { READINGS_MS } from '../api/live.ts';
import { useTexts } from '../texts/use-texts.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages-of.tsx';
import { isRunning, SessionTable } from '../ui/session-table.tsx';
import { Waiting } from '../ui/waiting.tsx';

type Session = Schemas['Session'];
const RUNNING = 'active,suspended_ev,suspended_evse';
const shown = ['all', 'running', 'ended'] as const;
const statuses: Record<(typeof shown)[number], string | undefined> = {
  all: undefined,
  running: RUNNING,
  ended: 'ended,closed_by_system',
};

export default function Sessions() {
  const t = useTexts();
  const [search, setSearch] = useSearchParams();
  const which = shown.find((each) => each === search.get('show')) ?? 'all';
  return (
    <Page
      title={t.sessions.title}
      actions={
        <SegmentedControl
          aria-label={t.sessions.columns.status}
          value={which}
          onChange={(value) => setSearch(value === 'all' ? {} : { show: value }, { replace: true })}
          data={shown.map((value) => ({ value, label: t.sessions[value] }))}
        />
      }
    >
      <List key={which} which={which} />
    </Page>
  );
}

function List({ which }: { readonly which: (typeof shown)[number] }) {
  const t = useTexts();
  const status = statuses[which];
  const pages = usePages({
    queryKey: ['sessions', 'list', which],
    everyMs: (rows: readonly Session[]) => (which === 'ended' ? undefined : rows.some(isRunning) ? READINGS_MS : 4_000),
    ask: (cursor) => answer(api.GET('/api/v1/sessions', { params: { query: { status, limit: 50, cursor } } })),
  });
  if (pages.rows === undefined) return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} />;
  const isEmpty = pages.rows.length === 0;
  return (
    <Stack>
      <Card p={0} label={t.sessions.title}>
        {isEmpty && which === 'running' && <Empty icon="sessions" title={t.sessions.emptyRunning} />}
        {isEmpty && which !== 'running' && (
          <Empty icon="sessions" title={t.sessions.empty} hint={t.sessions.emptyHint} />
        )}
        {!isEmpty && <SessionTable sessions={pages.rows} />}
      </Card>
      <More pages={pages} />
    </Stack>
  );
}
