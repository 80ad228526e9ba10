/** One rollout: how far it is, stage by stage and charge point by charge point, and what can be done with it. */
import { Alert, Button, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { answer, api, onlyOnce } from '../api/client.ts';
import { useMay } from '../api/use-session.ts';
import { firmware } from '../texts/firmware.ts';
import { useWords } from '../texts/words.ts';
import { Confirm, type Question } from '../ui/confirm.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { FirmwareState } from '../ui/firmware-state.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card, Empty, Page, Section } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages-of.tsx';
import { type Column, Rows } from '../ui/rows.tsx';
import { useParam } from '../ui/use-param.ts';
import { Waiting } from '../ui/waiting.tsx';
import { RolloutBar, RolloutState } from './firmware/progress.tsx';

type Rollout = Schemas['FirmwareRollout'];

export default function RolloutPage() {
  const { id = '' } = useParams();
  const w = useWords(firmware);
  const { data, error, refetch } = useQuery({
    queryKey: ['firmware-rollout', id],
    queryFn: () => answer(api.GET('/api/v1/firmware-rollouts/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 2_000 : 15_000),
  });
  const above = { to: '/rollouts', title: w.rollouts };
  if (data === undefined) {
    return (
      <Page title={w.rollouts} above={above}>
        {error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />}
      </Page>
    );
  }
  return (
    <Page title={data.name} above={above} beside={<RolloutState rollout={data} />} actions={<Actions rollout={data} />}>
      {data.awaiting_promotion && (
        <Alert variant="default" c="var(--busy)" icon={<Icon name="pause" />} title={w.awaiting}>
          {null}
        </Alert>
      )}
      {data.paused_by === 'failures' && (
        <Alert variant="default" c="var(--bad)" icon={<Icon name="fault" />} title={w.pausedByFailures}>
          {null}
        </Alert>
      )}
      <Card label={w.progress}>
        <Text size="sm" c="dimmed" mb="xs">
          {data.target_version} · {w.strategies[data.strategy]} · {w.stage(data.stage, data.stages.length)}
        </Text>
        <RolloutBar counts={data.progress} isWide />
      </Card>
      {data.stages.length > 1 && <Stages rollout={data} />}
      <Members rollout={data} />
    </Page>
  );
}

type Wish = 'start' | 'pause' | 'resume' | 'promote' | 'abort';

function Actions({ rollout }: { readonly rollout: Rollout }) {
  const w = useWords(firmware);
  const queries = useQueryClient();
  const mayCommand = useMay('write:commands');
  const [question, setQuestion] = useState<Question>();
  const { id, name, status, awaiting_promotion, progress, stage } = rollout;
  const ask = (wish: Wish): Promise<Rollout> => {
    const params = { path: { id }, header: onlyOnce() };
    switch (wish) {
      case 'start':
        return answer(api.POST('/api/v1/firmware-rollouts/{id}/start', { params }));
      case 'pause':
        return answer(api.POST('/api/v1/firmware-rollouts/{id}/pause', { params }));
      case 'resume':
        return answer(api.POST('/api/v1/firmware-rollouts/{id}/resume', { params }));
      case 'promote':
        return answer(api.POST('/api/v1/firmware-rollouts/{id}/promote', { params }));
      case 'abort':
        return answer(api.POST('/api/v1/firmware-rollouts/{id}/abort', { params }));
    }
  };
  const change = useMutation({
    mutationFn: ask,
    onSuccess(changed) {
      queries.setQueryData(['firmware-rollout', id], changed);
      void queries.invalidateQueries({ queryKey: ['firmware-rollouts'] }); // shown by the query
      void queries.invalidateQueries({ queryKey: ['rollout-members', id] });
    },
  });
  const asked = (wish: Wish, words: { title: string; text: string; yes: string; isHarmful?: boolean }) => () =>
    setQuestion({
      ...words,
      async do() {
        await change.mutateAsync(wish);
      },
    });
  if (!mayCommand) return null;
  const isOpen = status === 'running' || status === 'paused';
  return (
    <>
      {status === 'draft' && (
        <Button
          leftSection={<Icon name="start" size={16} />}
          disabled={progress.size === 0}
          onClick={asked('start', {
            title: w.startTitleRollout(name, progress.size),
            text: w.startText,
            yes: w.startRollout,
            isHarmful: false,
          })}
        >
          {w.startRollout}
        </Button>
      )}
      {awaiting_promotion && (
        <Button
          onClick={asked('promote', {
            title: w.promoteTitle(stage + 1),
            text: w.promoteText,
            yes: w.promote,
            isHarmful: false,
          })}
        >
          {w.promote}
        </Button>
      )}
      {status === 'running' && (
        <Button
          variant="default"
          leftSection={<Icon name="pause" size={16} />}
          loading={change.isPending}
          onClick={() => change.mutate('pause')}
        >
          {w.pause}
        </Button>
      )}
      {status === 'paused' && (
        <Button
          variant="default"
          leftSection={<Icon name="start" size={16} />}
          loading={change.isPending}
          onClick={() => change.mutate('resume')}
        >
          {w.resume}
        </Button>
      )}
      {(isOpen || status === 'draft') && (
        <Button
          variant="default"
          onClick={asked('abort', { title: w.abortTitle(name), text: w.abortText, yes: w.abort })}
        >
          {w.abort}
        </Button>
      )}
      <ErrorNote cause={change.error} />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

function Stages({ rollout }: { readonly rollout: Rollout }) {
  const w = useWords(firmware);
  const columns: Column<Rollout['stages'][number] & { readonly id: string }>[] = [
    { name: w.memberColumns.stage, of: ({ stage }) => w.stage(stage, rollout.stages.length) },
    { name: w.progress, of: (counts) => <RolloutBar counts={counts} /> },
  ];
  return (
    <Section title={w.stages}>
      <Card p={0} label={w.stages}>
        <Rows rows={rollout.stages.map((each) => ({ ...each, id: String(each.stage) }))} columns={columns} />
      </Card>
    </Section>
  );
}

function Members({ rollout }: { readonly rollout: Rollout }) {
  const w = useWords(firmware);
  const [given, setStage] = useParam('stage');
  const { id, stages } = rollout;
  const stage = stages.some((each) => String(each.stage) === given) ? given : '';
  const pages = usePages({
    queryKey: ['rollout-members', id, stage],
    everyMs: rollout.status === 'running' ? 3_000 : 15_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/firmware-rollouts/{id}/members', {
          params: {
            path: { id },
            query: {
              limit: 100,
              ...(stage !== '' && { stage: Number(stage) }),
              ...(cursor !== undefined && { cursor }),
            },
          },
        }),
      ),
  });
  const rows = pages.rows?.map((each) => ({ ...each, id: each.charge_point_id }));
  const columns: Column<NonNullable<typeof rows>[number]>[] = [
    {
      name: w.memberColumns.chargePoint,
      of: ({ charge_point_id, charge_point_identity: identity }) =>
        identity === null ? (
          w.gone
        ) : (
          <Link className="row-link" to={`/charge-points/${charge_point_id}/firmware`}>
            {identity}
          </Link>
        ),
    },
    { name: w.memberColumns.stage, from: 'sm', isNumber: true, of: (each) => each.stage },
    { name: w.memberColumns.state, of: ({ status }) => <FirmwareState status={status} /> },
    { name: w.memberColumns.version, of: ({ firmware_version: version }) => version },
    { name: w.memberColumns.reason, from: 'md', of: ({ reason }) => reason?.replaceAll('_', ' ') },
  ];
  return (
    <Section
      title={w.members}
      actions={
        stages.length > 1 && (
          <Select
            aria-label={w.memberColumns.stage}
            data={[
              { value: '', label: w.stages },
              ...stages.map((each) => ({ value: String(each.stage), label: w.stage(each.stage, stages.length) })),
            ]}
            value={stage}
            onChange={(value) => setStage(value ?? '')}
            allowDeselect={false}
          />
        )
      }
    >
      <ErrorNote cause={pages.error} />
      {rows === undefined && pages.error === null && <Waiting />}
      {rows !== undefined && (
        <Stack>
          <Card p={0} label={w.members}>
            {rows.length === 0 ? <Empty icon="search" title={w.nobody} /> : <Rows rows={rows} columns={columns} />}
          </Card>
          <More pages={pages} />
        </Stack>
      )}
    </Section>
  );
}
