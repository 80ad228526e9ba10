/** The list of tokens that a charge point keeps itself: whether it is kept, how it stands, and bringing it up to date. */
import { Alert, Button, Group, Menu, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { type ChargePoint, putIntoFleet } from '../../api/fleet.ts';
import { useMay } from '../../api/use-session.ts';
import { access } from '../../texts/access.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty, Fact, Section } from '../../ui/page.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';

type List = Schemas['LocalList'];
const modes = ['off', 'manual', 'auto'] as const;

export function LocalList({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const t = useTexts();
  const w = useWords(access);
  const queries = useQueryClient();
  const mayWrite = useMay('write:charge_points');
  const mayCommand = useMay('write:commands');
  const { id, connected } = chargePoint;
  const queryKey = ['charge-point', id, 'local-list'] as const;
  const { data, error } = useQuery({
    queryKey,
    queryFn: () => answer(api.GET('/api/v1/charge-points/{id}/local-list', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data !== undefined && state.data.state !== 'idle' ? 1_500 : 10_000),
  });
  const choose = useMutation({
    mutationFn: (local_list: List['local_list']) =>
      answer(api.PATCH('/api/v1/charge-points/{id}', { params: { path: { id } }, body: { local_list } })),
    onSuccess: (changed) => {
      putIntoFleet(queries, changed);
      void queries.invalidateQueries({ queryKey }); // shown by the query itself
      tellDone(w.saved, t);
    },
  });
  const sync = useMutation({
    mutationFn: (mode: List['mode']) =>
      answer(
        api.POST('/api/v1/charge-points/{id}/local-list/sync', {
          params: { path: { id }, header: onlyOnce() },
          body: { mode },
        }),
      ),
    onSuccess: (begun) => queries.setQueryData(queryKey, begun),
  });
  if (data === undefined)
    return <Section title={w.list}>{error === null ? <Waiting /> : <ErrorNote cause={error} />}</Section>;
  const isRunning = data.state !== 'idle';
  return (
    <Section
      title={w.list}
      hint={w.listHint}
      actions={
        mayCommand &&
        data.local_list !== 'off' && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                variant="default"
                disabled={!connected || isRunning}
                loading={sync.isPending}
                rightSection={<Icon name="more" size={16} />}
                {...(!connected && { title: t.actions.offline })}
              >
                {w.sync}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => sync.mutate('auto')}>{w.sync}</Menu.Item>
              <Menu.Item onClick={() => sync.mutate('full')}>{w.full}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )
      }
    >
      <Card label={w.list}>
        <Stack>
          {mayWrite && (
            <Select
              label={w.mode}
              data={modes.map((value) => ({ value, label: w.modes[value] }))}
              value={data.local_list}
              onChange={(value) => {
                const mode = modes.find((each) => each === value);
                if (mode !== undefined) choose.mutate(mode);
              }}
              allowDeselect={false}
              maw={360}
            />
          )}
          <ErrorNote cause={choose.error ?? sync.error} />
          {data.local_list === 'off' ? <Empty icon="list" title={w.off} /> : <State list={data} />}
        </Stack>
      </Card>
    </Section>
  );
}

function stateOf(list: List, w: (typeof access)['en']): { readonly tone: Tone; readonly text: string } {
  if (list.state !== 'idle') return { tone: 'busy', text: w.running(list.messages_sent) };
  if (list.supported === false) return { tone: 'off', text: w.notSupported };
  if (list.enabled === false) return { tone: 'warn', text: w.notEnabled };
  if (list.in_sync) return { tone: 'ok', text: w.inSync };
  if (list.supported === null) return { tone: 'off', text: w.notAsked };
  return { tone: 'warn', text: w.outOfSync(list.missing, list.surplus) };
}

function State({ list }: { readonly list: List }) {
  const t = useTexts();
  const w = useWords(access);
  const format = useFormat();
  const { tone, text } = stateOf(list, w);
  const when = (at: string | null): string => (at === null ? t.common.never : format.dateTime(at));
  return (
    <>
      <Group data-local-list={list.in_sync}>
        <Status tone={tone}>{text}</Status>
      </Group>
      <SimpleGrid component="dl" m={0} cols={{ base: 2, sm: 5 }}>
        <Fact name={w.facts.entries}>{format.count(list.entries)}</Fact>
        <Fact name={w.facts.version}>{list.version ?? t.common.none}</Fact>
        <Fact name={w.facts.most}>{list.max_entries === null ? t.common.none : format.count(list.max_entries)}</Fact>
        <Fact name={w.facts.checked}>{when(list.checked_at)}</Fact>
        <Fact name={w.facts.synced}>{when(list.synced_at)}</Fact>
      </SimpleGrid>
      {list.last_error !== null && (
        <Alert variant="default" c="var(--bad)" icon={<Icon name="fault" />} title={w.failed}>
          <Text size="sm">{list.last_error.message}</Text>
        </Alert>
      )}
    </>
  );
}
