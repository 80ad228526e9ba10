/** One handover, opened: what it is about, what is checked, its history, and what can still be done. */
import { Button, Group, List, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { useMay } from '../../api/use-session.ts';
import { handoverTexts } from '../../texts/handovers.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { Checks, HandoverFacts } from './facts.tsx';

export const tones: Record<Schemas['Handover']['status'], Tone> = {
  initiated: 'busy',
  awaiting_acceptance: 'busy',
  accepted: 'busy',
  cutover: 'busy',
  completed: 'ok',
  declined: 'off',
  cancelled: 'off',
  expired: 'warn',
  failed: 'bad',
};

export function HandoverShown({ id }: { readonly id: string }) {
  const w = useWords(handoverTexts);
  const format = useFormat();
  const queries = useQueryClient();
  const mayWrite = useMay('write:charge_points');
  const [question, setQuestion] = useState<Question>();
  const path = { id };
  const { data, error, refetch } = useQuery({
    queryKey: ['handovers', 'one', id],
    queryFn: async () => {
      const [handover, checks] = await Promise.all([
        answer(api.GET('/api/v1/handovers/{id}', { params: { path } })),
        answer(api.GET('/api/v1/handovers/{id}/checklist', { params: { path } })),
      ]);
      return { handover, checks };
    },
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  const { handover, checks } = data;
  const isOpen = handover.ended_at === null && handover.status !== 'cutover';
  const ask = (which: 'decline' | 'cancel'): void =>
    setQuestion({
      title: w[`${which}Title`](handover.charge_point_identity),
      text: w[`${which}Text`],
      yes: w[which],
      async do() {
        const params = { path, header: onlyOnce() };
        await (which === 'cancel'
          ? answer(api.POST('/api/v1/handovers/{id}/cancel', { params, body: {} }))
          : answer(api.POST('/api/v1/handovers/{id}/decline', { params, body: {} })));
        await queries.invalidateQueries({ queryKey: ['handovers'] });
      },
    });
  return (
    <Stack>
      <Status tone={tones[handover.status]}>{w.status[handover.status]}</Status>
      <HandoverFacts handover={handover} />
      <Checks checklist={checks.checklist} />
      <div>
        <Title order={3} mb="xs">
          {w.history}
        </Title>
        <List size="sm" spacing={4}>
          {handover.history.map(({ at, happening, to_status, side }) => (
            <List.Item key={`${at} ${happening}`}>
              {w.status[to_status]}
              <Text size="xs" c="dimmed">
                {format.exact(at)} · {w.sides[side]}
              </Text>
            </List.Item>
          ))}
        </List>
      </div>
      {mayWrite && isOpen && (
        <Group>
          {handover.direction === 'outgoing' ? (
            <Button variant="default" c="var(--bad)" onClick={() => ask('cancel')}>
              {w.cancel}
            </Button>
          ) : (
            <Button variant="default" onClick={() => ask('decline')}>
              {w.decline}
            </Button>
          )}
        </Group>
      )}
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Stack>
  );
}
