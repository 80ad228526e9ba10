/** Who has charged at this charge point. */
import { Stack } from '@mantine/core';
import { answer, api } from '../../api/client.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { SessionTable } from '../../ui/session-table.tsx';
import { Waiting } from '../../ui/waiting.tsx';

export default function SessionsOfOne({ chargePointId }: { readonly chargePointId: string }) {
  const t = useTexts();
  const pages = usePages({
    queryKey: ['sessions', 'of', chargePointId],
    everyMs: 5_000,
    ask: (cursor) =>
      answer(api.GET('/api/v1/sessions', { params: { query: { charge_point_id: chargePointId, limit: 25, cursor } } })),
  });
  if (pages.rows === undefined) return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} />;
  return (
    <Stack>
      <Card p={0} label={t.sessions.title}>
        {pages.rows.length === 0 ? (
          <Empty icon="sessions" title={t.chargePoint.noSessions} />
        ) : (
          <SessionTable sessions={pages.rows} isOfOne />
        )}
      </Card>
      <More pages={pages} />
    </Stack>
  );
}
