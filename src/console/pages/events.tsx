/** What happens, as it happens: the log of events, its newest first, each with what was delivered of it. */
import { Code, Drawer, List, Select, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { paths, Schemas } from '../api/client.ts';
import { answer, api } from '../api/client.ts';
import { nameOf } from '../api/fleet.ts';
import { eventTexts } from '../texts/events.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { useChargePoints } from '../ui/live.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages-of.tsx';
import { Rows } from '../ui/rows.tsx';
import { useParam } from '../ui/use-param.ts';
import { Waiting } from '../ui/waiting.tsx';
import { DeliveryState } from './webhook/delivery.tsx';

type LoggedEvent = Schemas['LoggedEvent'];
type Asked = NonNullable<paths['/api/v1/webhooks/events']['get']['parameters']['query']>;

export default function Events() {
  const t = useTexts();
  const w = useWords(eventTexts);
  const [type, setType] = useParam('type');
  const [open, setOpen] = useParam('event');
  const types = useQuery({
    queryKey: ['event-types'],
    queryFn: () => answer(api.GET('/api/v1/webhooks/event-types')),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Page title={w.title} above={{ to: '/webhooks', title: t.webhooks.title }}>
      <Text size="sm" c="dimmed" maw={680}>
        {w.hint}
      </Text>
      <Select
        aria-label={w.type}
        placeholder={w.all}
        data={types.data?.data.map((each) => each.type) ?? []}
        value={type === '' ? null : type}
        onChange={(value) => setType(value ?? '')}
        maw={320}
        clearable
        searchable
      />
      <Log key={type} type={type} open={setOpen} />
      <Drawer
        opened={open !== ''}
        onClose={() => setOpen('')}
        position="right"
        size="lg"
        title={w.one}
        closeButtonProps={{ 'aria-label': t.app.close }}
      >
        {open !== '' && <One key={open} id={open} />}
      </Drawer>
    </Page>
  );
}

function Log({ type, open }: { readonly type: string; readonly open: (id: string) => void }) {
  const w = useWords(eventTexts);
  const format = useFormat();
  const { fleet } = useChargePoints();
  const pages = usePages({
    queryKey: ['events', type],
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/webhooks/events', {
          params: {
            query: {
              order: 'desc',
              limit: 50,
              cursor,
              ...(type !== '' && { type: type as Asked['type'] }), // as: chosen of those that the server has told
            },
          },
        }),
      ),
  });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  const aboutOf = ({ data }: LoggedEvent): string => {
    const found = fleet?.all.find(({ id }) => id === data['charge_point_id']);
    return found === undefined ? String(data['charge_point_id'] ?? '') : nameOf(found);
  };
  return (
    <Stack>
      <Card p={0} label={w.title}>
        {pages.rows.length === 0 ? (
          <Empty icon="webhooks" title={w.empty} hint={w.emptyHint} />
        ) : (
          <Rows
            rows={pages.rows}
            columns={[
              {
                name: w.columns.event,
                of: ({ id, event }) => (
                  <button
                    type="button"
                    className="row-link plain"
                    style={{ overflowWrap: 'anywhere', textAlign: 'start' }}
                    onClick={() => open(id)}
                  >
                    {event}
                  </button>
                ),
              },
              { name: w.columns.about, from: 'sm', of: aboutOf },
              { name: w.columns.at, isNumber: true, of: ({ timestamp }) => format.exact(timestamp) },
            ]}
          />
        )}
      </Card>
      <More pages={pages} />
    </Stack>
  );
}

function One({ id }: { readonly id: string }) {
  const w = useWords(eventTexts);
  const format = useFormat();
  const { data, error, refetch } = useQuery({
    queryKey: ['event', id],
    queryFn: () => answer(api.GET('/api/v1/webhooks/events/{event_id}', { params: { path: { event_id: id } } })),
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  const { event, timestamp, deliveries, data: told } = data;
  return (
    <Stack>
      <div>
        <Title order={2}>{event}</Title>
        <Text size="sm" c="dimmed">
          {format.exact(timestamp)}
        </Text>
      </div>
      <Code block className="frame-text">
        {JSON.stringify({ id, event, timestamp, data: told }, undefined, 2)}
      </Code>
      <Title order={3}>{w.deliveries}</Title>
      {deliveries.length === 0 && (
        <Text size="sm" c="dimmed">
          {w.noDeliveries}
        </Text>
      )}
      <List listStyleType="none" spacing="xs" size="sm">
        {deliveries.map((delivery) => (
          <List.Item key={delivery.id}>
            <DeliveryState status={delivery.status} />{' '}
            <Link to={`/webhooks/${delivery.endpoint_id}?delivery=${delivery.id}`}>
              {format.exact(delivery.created_at)}
            </Link>
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}
