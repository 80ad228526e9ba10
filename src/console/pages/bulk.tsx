/** What became of a command to many: in numbers, and charge point by charge point. */
import { Progress, SegmentedControl, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { answer, api } from '../api/client.ts';
import { bulk } from '../texts/bulk.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { More } from '../ui/pages-of.tsx';
import { type Column, Rows } from '../ui/rows.tsx';
import { Status, type Tone } from '../ui/status.tsx';
import { useParam } from '../ui/use-param.ts';
import { Waiting } from '../ui/waiting.tsx';

const tones = {
  accepted: 'ok',
  sent: 'busy',
  queued: 'busy',
  pending: 'off',
  rejected: 'bad',
  failed: 'bad',
  timed_out: 'warn',
  refused: 'warn',
  cancelled: 'off',
} as const satisfies Record<string, Tone>;
type State = keyof typeof tones;
const states = Object.keys(tones) as State[]; // as they stand right above
const isOpen = (state: State): boolean => state === 'pending' || state === 'queued' || state === 'sent';

export default function BulkPage() {
  const { id = '' } = useParams();
  const t = useTexts();
  const w = useWords(bulk);
  const format = useFormat();
  const [given, setGiven] = useParam('state');
  const state = states.find((each) => each === given);
  const query = useInfiniteQuery({
    queryKey: ['bulk', id, state ?? ''],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/api/v1/commands/bulk/{id}', {
          params: {
            path: { id },
            query: {
              limit: 100,
              ...(state !== undefined && { status: state }),
              ...(pageParam !== undefined && { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: ({ state: kept }) => (kept.data?.pages[0]?.status === 'completed' ? false : 1_500),
  });
  const above = { to: '/charge-points', title: t.chargePoints.title };
  const head = query.data?.pages[0];
  if (head === undefined) {
    return (
      <Page title={w.progress} above={above}>
        {query.error === null ? <Waiting /> : <ErrorNote cause={query.error} retry={() => void query.refetch()} />}
      </Page>
    );
  }
  const counts = states.flatMap((each) => {
    const count = head.counts[each] ?? 0;
    return count === 0 ? [] : [{ name: each, count }];
  });
  const ended = counts.filter(({ name }) => !isOpen(name)).reduce((sum, { count }) => sum + count, 0);
  const rows =
    query.data?.pages.flatMap((page) => page.data.map((each) => ({ ...each, id: each.charge_point_id }))) ?? [];
  const columns: Column<(typeof rows)[number]>[] = [
    {
      name: w.columns.chargePoint,
      of: ({ charge_point_id, identity }) =>
        identity === null ? (
          w.gone
        ) : (
          <Link className="row-link" to={`/charge-points/${charge_point_id}/commands`}>
            {identity}
          </Link>
        ),
    },
    { name: w.columns.state, of: ({ status }) => <Status tone={tones[status]}>{w.status[status]}</Status> },
    { name: w.columns.why, of: ({ error }) => <Text size="sm">{error?.message}</Text> },
  ];
  return (
    <Page
      title={w.progress}
      above={above}
      beside={
        <Status tone={head.status === 'completed' ? 'ok' : 'busy'}>
          {head.status === 'completed' ? w.completed : w.running}
        </Status>
      }
    >
      <Card label={w.progress}>
        <Text size="sm" c="dimmed" mb="xs">
          {format.dateTime(head.created_at)} · {w.by(head.requested_by)}
        </Text>
        <Progress.Root size="xl" role="img" aria-label={w.done(ended, head.matched)}>
          {counts
            .filter(({ name }) => name !== 'pending')
            .map(({ name, count }) => (
              <Progress.Section
                key={name}
                value={(count / Math.max(1, head.matched)) * 100}
                color={`var(--${tones[name]})`}
                withAria={false}
              />
            ))}
        </Progress.Root>
        <Text size="sm" mt="xs" role="status" data-bulk={head.status}>
          {w.done(ended, head.matched)}
        </Text>
      </Card>
      <Stack>
        <SegmentedControl
          style={{ alignSelf: 'flex-start', maxWidth: '100%', overflowX: 'auto' }}
          aria-label={w.columns.state}
          value={state ?? 'all'}
          onChange={(value) => setGiven(value === 'all' ? '' : value)}
          data={[
            { value: 'all', label: `${w.all} ${head.matched}` },
            ...counts.map(({ name, count }) => ({ value: name, label: `${w.status[name]} ${format.count(count)}` })),
          ]}
        />
        <Card p={0} label={w.progress}>
          {rows.length === 0 ? <Empty icon="search" title={w.noneSo} /> : <Rows rows={rows} columns={columns} />}
        </Card>
        <More pages={query} />
      </Stack>
    </Page>
  );
}
