/** Puts a charge point into operation, step by step as it happens: for an installer with a phone. */
import { Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { answer, api } from '../api/client.ts';
import { type ChargePoint, chargePointQuery, nameOf } from '../api/fleet.ts';
import { useMay } from '../api/use-session.ts';
import { commissioning } from '../texts/commissioning.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { Connection } from '../ui/status.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { EarlierRuns } from './commissioning/earlier-runs.tsx';
import { Run } from './commissioning/run.tsx';
import { StartForm } from './commissioning/start-form.tsx';

const runKey = (chargePointId: string) => ['charge-point', chargePointId, 'commissioning'] as const;

export default function Commissioning() {
  const { id = '' } = useParams();
  const t = useTexts();
  const w = useWords(commissioning);
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({ ...chargePointQuery(queries, id), refetchInterval: 5_000 });
  if (data === undefined) {
    return (
      <Page title={w.title} above={{ to: '/charge-points', title: t.chargePoints.title }}>
        {error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={w.title}
      above={{ to: `/charge-points/${id}`, title: nameOf(data) }}
      beside={<Connection chargePoint={data} />}
    >
      <Found key={id} chargePoint={data} />
    </Page>
  );
}

function Found({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const w = useWords(commissioning);
  const mayCommand = useMay('write:commands');
  const [isAgain, setAgain] = useState(false);
  const { id } = chargePoint;
  const { data, error, refetch } = useQuery({
    queryKey: runKey(id),
    queryFn: async () => {
      const query = { charge_point_id: id, limit: 1 };
      const { data: runs } = await answer(api.GET('/api/v1/commissioning-runs', { params: { query } }));
      return runs[0] ?? null;
    },
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 1_000 : 10_000),
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  const started = (): void => {
    setAgain(false);
    void refetch(); // shown by the query itself
  };
  return (
    <Stack gap="lg" maw={640}>
      {data === null || isAgain ? (
        mayCommand ? (
          <StartForm chargePoint={chargePoint} last={data} started={started} />
        ) : (
          <Card>
            <Empty icon="checklist" title={w.never} hint={w.mayNot} />
          </Card>
        )
      ) : (
        <Run key={data.id} chargePoint={chargePoint} run={data} again={() => setAgain(true)} />
      )}
      <EarlierRuns chargePointId={id} except={data?.id} />
    </Stack>
  );
}
