/** Where events are sent: the endpoints, whether they take what they are sent, and a new one. */
import { Alert, Button, Checkbox, Group, Modal, MultiSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { paths } from '../api/client.ts';
import { answer, api, onlyOnce } from '../api/client.ts';
import { faultsByField } from '../api/errors.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { Icon } from '../ui/icons.tsx';
import { useNow } from '../ui/live.tsx';
import { Card, Copyable, Empty, Page } from '../ui/page.tsx';
import { Status, type Tone } from '../ui/status.tsx';
import { useGo } from '../ui/use-go.ts';
import { Waiting } from '../ui/waiting.tsx';

export type Endpoint =
  paths['/api/v1/webhooks/endpoints/{endpoint_id}']['get']['responses'][200]['content']['application/json'];
type NewEndpoint = paths['/api/v1/webhooks/endpoints']['post']['requestBody']['content']['application/json'];
type EventType = NewEndpoint['events'][number];

const tones: Record<Endpoint['status'], Tone> = { active: 'ok', paused: 'off', disabled: 'bad' };

export function EndpointState({ endpoint }: { readonly endpoint: Endpoint }) {
  const t = useTexts();
  const format = useFormat();
  const { status, failing_since } = endpoint;
  const isFailing = status === 'active' && failing_since !== null;
  return (
    <Status tone={isFailing ? 'warn' : tones[status]}>
      {isFailing ? t.webhooks.failing(format.dateTime(failing_since)) : t.webhooks.state[status]}
    </Status>
  );
}

export const eventsOf = ({ events }: Endpoint, everything: string): string =>
  events.includes('*') ? everything : events.join(', ');

export default function Webhooks() {
  const t = useTexts();
  const [isAdding, setAdding] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['endpoints'],
    queryFn: () => answer(api.GET('/api/v1/webhooks/endpoints')),
    refetchInterval: 10_000,
  });
  const add = (
    <Button leftSection={<Icon name="add" size={16} />} onClick={() => setAdding(true)}>
      {t.webhooks.add}
    </Button>
  );
  return (
    <Page
      title={t.webhooks.title}
      actions={
        <>
          <Button component={Link} to="/webhooks/events" variant="default">
            {t.webhooks.events}
          </Button>
          {data !== undefined && data.data.length > 0 && add}
        </>
      }
    >
      <ErrorNote cause={error} retry={() => void refetch()} />
      {data === undefined && error === null && <Waiting />}
      {data !== undefined && (
        <Card p={0} label={t.webhooks.title}>
          {data.data.length === 0 ? (
            <Empty icon="webhooks" title={t.webhooks.empty} hint={t.webhooks.emptyHint}>
              {add}
            </Empty>
          ) : (
            <Rows endpoints={data.data} />
          )}
        </Card>
      )}
      <Modal
        opened={isAdding}
        onClose={() => setAdding(false)}
        title={t.webhooks.add}
        size="lg"
        closeButtonProps={{ 'aria-label': t.app.close }}
      >
        <Add />
      </Modal>
    </Page>
  );
}

function Rows({ endpoints }: { readonly endpoints: readonly Endpoint[] }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow(15_000);
  const { columns } = t.webhooks;
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{columns.url}</Table.Th>
          <Table.Th visibleFrom="md">{columns.events}</Table.Th>
          <Table.Th>{columns.state}</Table.Th>
          <Table.Th visibleFrom="sm">{columns.success}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {endpoints.map((endpoint) => (
          <Table.Tr key={endpoint.id} className="row">
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <Link className="row-link" to={`/webhooks/${endpoint.id}`}>
                {endpoint.url}
              </Link>
              {endpoint.description !== null && (
                <Text size="xs" c="dimmed">
                  {endpoint.description}
                </Text>
              )}
            </Table.Td>
            <Table.Td visibleFrom="md" maw={320}>
              <Text size="sm" lineClamp={2}>
                {eventsOf(endpoint, t.webhooks.everything)}
              </Text>
            </Table.Td>
            <Table.Td>
              <EndpointState endpoint={endpoint} />
            </Table.Td>
            <Table.Td visibleFrom="sm" className="numbers">
              {endpoint.last_success_at === null ? t.common.never : format.ago(endpoint.last_success_at, now)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** 32 random bytes, as the server makes them; handed over with the endpoint, so that nothing is ever sent unsigned. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

function Add() {
  const t = useTexts();
  const navigate = useGo();
  const queries = useQueryClient();
  const [url, setUrl] = useState('');
  const [description, setDescription] = useState('');
  const [isAll, setAll] = useState(true);
  const [events, setEvents] = useState<string[]>([]);
  const [secret] = useState(newSecret);
  const types = useQuery({
    queryKey: ['event-types'],
    queryFn: () => answer(api.GET('/api/v1/webhooks/event-types')),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const create = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/webhooks/endpoints', {
          params: { header: onlyOnce() },
          body: {
            url: url.trim(),
            // the server has said which there are
            events: isAll ? ['*'] : (events as EventType[]),
            secret,
            ...(description.trim() !== '' && { description: description.trim() }),
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['endpoints'] }),
  });
  if (create.data !== undefined)
    return <SecretShown secret={secret} done={() => navigate(`/webhooks/${create.data.id}`)} />;
  const faults = faultsByField(create.error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t.webhooks.url}
          description={t.webhooks.urlHint}
          type="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={faults['url']}
          data-autofocus
          required
        />
        <TextInput
          label={t.webhooks.description}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={faults['description']}
        />
        <Checkbox
          label={`${t.webhooks.events}: ${t.webhooks.everything}`}
          checked={isAll}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
        {!isAll && (
          <MultiSelect
            label={t.webhooks.chooseEvents}
            data={types.data?.data.map(({ type }) => type) ?? []}
            value={events}
            onChange={setEvents}
            error={faults['events']}
            searchable
            required
          />
        )}
        <ErrorNote cause={create.error} except={['url', 'description', 'events']} />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending}>
            {t.webhooks.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function SecretShown({ secret, done }: { readonly secret: string; readonly done: () => void }) {
  const t = useTexts();
  return (
    <Stack>
      <Alert variant="default" c="var(--warn)" icon={<Icon name="key" />} title={t.webhooks.secretTitle}>
        <Text size="sm">{t.webhooks.secretOnce}</Text>
      </Alert>
      <Copyable text={secret} label={t.webhooks.secretTitle} />
      <Group justify="flex-end">
        <Button onClick={done}>{t.webhooks.secretDone}</Button>
      </Group>
    </Stack>
  );
}
