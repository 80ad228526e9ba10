/** The fleet as on a screen on the wall: a tile for each charge point, what needs a person first, then who charges, with power and since when. */
import { Box, Group, SegmentedControl, SimpleGrid, Text, UnstyledButton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { type Fleet, nameOf, SMALL } from '../../api/fleet.ts';
import type { Texts } from '../../texts/en.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useNow } from '../../ui/live.tsx';
import { Card, Empty, Section } from '../../ui/page.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { SteadyList, useSteady } from '../../ui/steady.tsx';
import { useParam } from '../../ui/use-param.ts';
import { Waiting } from '../../ui/waiting.tsx';

type Glance = Schemas['ChargePointGlance'];
/** As many as one looks over. */
const SHOWN = 48;
const LOOK_MS = 5_000;
const KEY = ['totals', 'glances'] as const; // what a session changes makes it stale

const tones: Record<Glance['state'], Tone> = {
  ...{ faulted: 'bad', charging: 'busy', occupied: 'busy', offline: 'off' },
  ...{ unavailable: 'warn', available: 'ok', never_connected: 'off' },
};
const wordOf = (state: Glance['state'], { status }: Texts): string =>
  state === 'never_connected' ? status.never : status[state];
const choices = ['charging', 'faulted', 'offline'] as const;

export function Glances({ fleet }: { readonly fleet: Fleet }) {
  const t = useTexts();
  const format = useFormat();
  const queries = useQueryClient();
  const [chosen, choose] = useParam('tiles');
  const state = choices.find((each) => each === chosen);
  const { data, error, refetch } = useQuery({
    queryKey: [...KEY, state ?? 'all'],
    queryFn: () =>
      answer(
        api.GET('/api/v1/overview/charge-points', {
          params: { query: { limit: SHOWN, ...(state !== undefined && { state }) } },
        }),
      ),
    refetchInterval: LOOK_MS,
  });
  // an event of one of them has changed the fleet; of a large one something changes all the time
  useEffect(() => {
    if (fleet.all.length <= SMALL) void queries.invalidateQueries({ queryKey: KEY }); // shown by the query itself
  }, [fleet, queries]);
  const isMore = data !== undefined && data.next_cursor !== null;
  return (
    <Section
      title={t.overview.tiles}
      hint={isMore ? t.overview.tilesMore(SHOWN, format.count(fleet.all.length)) : undefined}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t.overview.tiles}
          value={state ?? 'all'}
          onChange={(next) => choose(next === 'all' ? '' : next)}
          data={[
            { value: 'all', label: t.common.all },
            ...choices.map((value) => ({ value, label: t.overview[value] })),
          ]}
        />
      }
    >
      <ErrorNote cause={error} retry={() => void refetch()} />
      {data === undefined && error === null && <Waiting />}
      {data?.data.length === 0 && (
        <Card label={t.overview.tiles}>
          <Empty icon="check" title={t.overview.noTiles} />
        </Card>
      )}
      {data !== undefined && data.data.length > 0 && <Tiles all={data.data} />}
    </Section>
  );
}

function Tiles({ all }: { readonly all: readonly Glance[] }) {
  const now = useNow();
  const steady = useSteady(all);
  return (
    <SteadyList steady={steady}>
      <SimpleGrid cols={{ base: 2, sm: 3, md: 4, xl: 6 }} spacing="sm" data-glances={all.length}>
        {steady.rows.map((each) => (
          <Tile key={each.id} glance={each} now={now} />
        ))}
      </SimpleGrid>
    </SteadyList>
  );
}

function Tile({ glance, now }: { readonly glance: Glance; readonly now: number }) {
  const t = useTexts();
  const format = useFormat();
  const { id, state, since, sessions = 0, power_w: powerW } = glance;
  const tone = tones[state];
  const isAway = state === 'offline' || state === 'never_connected';
  const lasts = since === null ? '' : format.duration((now - new Date(since).getTime()) / 1_000);
  // of one that is away, what it drew last is not what it draws
  const power = sessions > 0 && !isAway && typeof powerW === 'number' ? format.power(powerW) : '';
  return (
    <UnstyledButton
      component={Link}
      to={`/charge-points/${id}`}
      className="card glance"
      style={{ borderInlineStartColor: `var(--${tone})` }}
      data-glance={state}
    >
      <Text size="sm" fw={600} truncate title={nameOf(glance)}>
        {nameOf(glance)}
      </Text>
      <Box fz="xs">
        <Status tone={tone} hollow={isAway}>
          {wordOf(state, t)}
        </Status>
      </Box>
      <Group justify="space-between" gap={6} wrap="nowrap" mih={22}>
        <Text fw={700} className="numbers">
          {power}
        </Text>
        <Text size="xs" c="dimmed" className="numbers">
          {lasts}
        </Text>
      </Group>
    </UnstyledButton>
  );
}
