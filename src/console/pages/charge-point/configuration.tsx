/** The settings of a charge point: read, searched, compared with templates, changed; and what became of each change. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, onlyOnce } from '../../api/client.ts';
import type { ChargePoint } from '../../api/fleet.ts';
import { useMay } from '../../api/use-session.ts';
import { configuration } from '../../texts/configuration.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useNow } from '../../ui/live.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { ChangeSetting, configurationKey, type Setting } from './configuration/change.tsx';
import { ChangeOutcome, Changes } from './configuration/changes.tsx';
import { SettingsTable } from './configuration/settings-table.tsx';
import { Variables } from './configuration/variables.tsx';

export default function Configuration({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const w = useWords(configuration);
  const queries = useQueryClient();
  const mayCommand = useMay('write:commands');
  const { id, connected, protocol } = chargePoint;
  const [changing, setChanging] = useState<Setting>();
  const [changeId, setChangeId] = useState<string>();
  const { data, error, refetch } = useQuery({
    queryKey: configurationKey(id),
    queryFn: () => answer(api.GET('/api/v1/charge-points/{id}/configuration', { params: { path: { id } } })),
  });
  const read = useMutation({
    mutationFn: () =>
      answer(
        api.GET('/api/v1/charge-points/{id}/configuration', { params: { path: { id }, query: { refresh: true } } }),
      ),
    onSuccess: (told) => {
      queries.setQueryData(configurationKey(id), told);
      void queries.invalidateQueries({ queryKey: ['configuration-changes', id] }); // shown by the query itself
    },
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  const isOld = protocol === null || protocol === 'ocpp1.6';
  const change = mayCommand && connected ? setChanging : undefined;
  const readButton = mayCommand && (
    <Button
      variant="default"
      leftSection={<Icon name="refresh" size={16} />}
      onClick={() => read.mutate()}
      loading={read.isPending}
      disabled={!connected}
      {...(!connected && { title: w.emptyOffline })}
    >
      {w.read}
    </Button>
  );
  return (
    <Stack gap="lg">
      <ErrorNote cause={read.error} />
      {changeId !== undefined && (
        <ChangeOutcome key={changeId} id={changeId} chargePointId={id} close={() => setChangeId(undefined)} />
      )}
      <Drift chargePoint={chargePoint} settings={data.settings} started={setChangeId} />
      {data.settings.length === 0 && isOld ? (
        <Card>
          <Empty icon="settings" title={w.empty} hint={connected ? w.emptyHint : w.emptyOffline}>
            {readButton}
          </Empty>
        </Card>
      ) : isOld ? (
        <SettingsTable settings={data.settings} unknownKeys={data.unknown_keys} change={change}>
          <Group gap="sm">
            <ReadAt at={data.fetched_at} />
            {readButton}
          </Group>
        </SettingsTable>
      ) : (
        <>
          <Variables chargePoint={chargePoint} change={change} />
          {data.settings.some(({ expected }) => expected !== null) && (
            <SettingsTable
              title={w.byTemplate}
              settings={data.settings.filter(({ expected }) => expected !== null)}
              unknownKeys={data.unknown_keys}
              change={change}
            >
              {readButton}
            </SettingsTable>
          )}
        </>
      )}
      <Changes chargePointId={id} />
      <ChangeSetting
        chargePointId={id}
        setting={changing}
        close={() => setChanging(undefined)}
        started={(made) => {
          setChanging(undefined);
          setChangeId(made);
        }}
      />
    </Stack>
  );
}

function ReadAt({ at }: { readonly at: string | null }) {
  const w = useWords(configuration);
  const format = useFormat();
  const now = useNow(5_000);
  return (
    <Text size="sm" c="dimmed">
      {at === null ? w.neverRead : w.readAt(format.ago(at, now))}
    </Text>
  );
}

function Drift(props: {
  readonly chargePoint: ChargePoint;
  readonly settings: readonly Setting[];
  readonly started: (changeId: string) => void;
}) {
  const { chargePoint, settings, started } = props;
  const w = useWords(configuration);
  const mayCommand = useMay('write:commands');
  const [question, setQuestion] = useState<Question>();
  const count = settings.filter(({ drift }) => drift).length;
  const expected = settings.some((each) => each.expected !== null);
  if (!expected) return null;
  if (count === 0) {
    return (
      <Alert variant="default" c="var(--ok)" icon={<Icon name="check" />} title={w.noDrift} data-drift={0}>
        {null}
      </Alert>
    );
  }
  const ask = (): void =>
    setQuestion({
      title: w.applyTitle(count),
      text: w.applyText,
      yes: w.apply,
      isHarmful: false,
      async do() {
        const made = await answer(
          api.POST('/api/v1/charge-points/{id}/configuration/apply', {
            params: { path: { id: chargePoint.id }, header: onlyOnce() },
            body: {},
          }),
        );
        started(made.id);
      },
    });
  return (
    <>
      <Alert variant="default" c="var(--warn)" icon={<Icon name="warning" />} title={w.drift(count)} data-drift={count}>
        {mayCommand && (
          <Button size="xs" variant="default" onClick={ask} disabled={!chargePoint.connected} mt={4}>
            {w.apply}
          </Button>
        )}
      </Alert>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}
