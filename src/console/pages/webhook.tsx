/** One endpoint: whether it answers, what it was sent, and what can be done about it. */
import {
  Button,
  Drawer,
  Group,
  Menu,
  Modal,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Title,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { answer, api, done, onlyOnce } from '../api/client.ts';
import { eventTexts } from '../texts/events.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { Confirm, type Question } from '../ui/confirm.tsx';
import { ErrorNote, tell, tellDone } from '../ui/error-note.tsx';
import { Dialog } from '../ui/form.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card, Empty, Fact, Page } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages-of.tsx';
import { SteadyList, useSteady } from '../ui/steady.tsx';
import { useGo } from '../ui/use-go.ts';
import { Waiting } from '../ui/waiting.tsx';
import { type Delivery, DeliveryShown, DeliveryState } from './webhook/delivery.tsx';
import { Recover } from './webhook/recover.tsx';
import { type Endpoint, EndpointState, eventsOf, SecretShown } from './webhooks.tsx';

export default function WebhookPage() {
  const { id = '' } = useParams();
  const t = useTexts();
  const { data, error, refetch } = useQuery({
    queryKey: ['endpoint', id],
    queryFn: () =>
      answer(api.GET('/api/v1/webhooks/endpoints/{endpoint_id}', { params: { path: { endpoint_id: id } } })),
    refetchInterval: 10_000,
  });
  const above = { to: '/webhooks', title: t.webhooks.title };
  if (data === undefined) {
    return (
      <Page title={t.webhooks.title} above={above}>
        {error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={new URL(data.url).host}
      above={above}
      beside={<EndpointState endpoint={data} />}
      actions={<Actions endpoint={data} />}
    >
      <Facts endpoint={data} />
      <Deliveries endpointId={id} />
    </Page>
  );
}

function Facts({ endpoint }: { readonly endpoint: Endpoint }) {
  const t = useTexts();
  const format = useFormat();
  const { id, url, description, disabled_reason, last_success_at } = endpoint;
  const { data } = useQuery({
    queryKey: ['endpoint', id, 'stats'],
    queryFn: () =>
      answer(
        api.GET('/api/v1/webhooks/endpoints/{endpoint_id}/stats', {
          params: { path: { endpoint_id: id }, query: { hours: 24 } },
        }),
      ),
    refetchInterval: 15_000,
  });
  return (
    <Card>
      <SimpleGrid component="dl" m={0} cols={{ base: 1, sm: 2, lg: 4 }}>
        <Fact name={t.webhooks.columns.url}>{url}</Fact>
        <Fact name={t.webhooks.columns.events}>{eventsOf(endpoint, t.webhooks.everything)}</Fact>
        <Fact name={t.webhooks.columns.success}>
          {last_success_at === null ? t.common.never : format.dateTime(last_success_at)}
        </Fact>
        {description !== null && <Fact name={t.webhooks.description}>{description}</Fact>}
      </SimpleGrid>
      {data?.success_rate != null && (
        <Text size="sm" c="dimmed" mt="sm">
          {t.webhooks.day(format.percent(data.success_rate * 100), data.deliveries.total)}
        </Text>
      )}
      {disabled_reason !== null && (
        <Text size="sm" c="var(--bad)" mt="sm">
          {disabled_reason}
        </Text>
      )}
    </Card>
  );
}

function Actions({ endpoint }: { readonly endpoint: Endpoint }) {
  const t = useTexts();
  const navigate = useGo();
  const queries = useQueryClient();
  const [question, setQuestion] = useState<Question>();
  const [secret, setSecret] = useState<string>();
  const [isRecovering, setRecovering] = useState(false);
  const w = useWords(eventTexts);
  const { id, url, active } = endpoint;
  const path = { endpoint_id: id };
  const changed = () => queries.invalidateQueries({ queryKey: ['endpoint', id] });
  const test = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/webhooks/endpoints/{endpoint_id}/test', { params: { path, header: onlyOnce() }, body: {} }),
      ),
    onSuccess: async (delivery) => {
      await queries.invalidateQueries({ queryKey: ['deliveries', id] });
      navigate(`/webhooks/${id}?delivery=${delivery.id}`);
    },
    onError: tell(t),
  });
  const change = useMutation({
    mutationFn: () =>
      answer(api.PATCH('/api/v1/webhooks/endpoints/{endpoint_id}', { params: { path }, body: { active: !active } })),
    onSuccess: changed,
    onError: tell(t),
  });
  const askSecret = (): void =>
    setQuestion({
      title: t.webhooks.newSecretTitle,
      text: t.webhooks.newSecretText,
      yes: t.webhooks.newSecret,
      isHarmful: false,
      async do() {
        const made = await answer(
          api.POST('/api/v1/webhooks/endpoints/{endpoint_id}/rotate-secret', {
            params: { path, header: onlyOnce() },
            body: { overlap_hours: 24 },
          }),
        );
        setSecret(made.secret);
        await changed();
      },
    });
  const askRemove = (): void =>
    setQuestion({
      title: t.webhooks.removeTitle(url),
      text: t.webhooks.removeText,
      yes: t.webhooks.remove,
      async do() {
        await done(api.DELETE('/api/v1/webhooks/endpoints/{endpoint_id}', { params: { path } }));
        await queries.invalidateQueries({ queryKey: ['endpoints'] });
        navigate('/webhooks', { replace: true });
      },
    });
  return (
    <>
      <Button leftSection={<Icon name="send" size={16} />} onClick={() => test.mutate()} loading={test.isPending}>
        {t.webhooks.test}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<Icon name="more" size={16} />}>
            {t.chargePoint.more}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name={active ? 'pause' : 'start'} size={16} />} onClick={() => change.mutate()}>
            {active ? t.webhooks.pause : t.webhooks.resume}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="refresh" size={16} />} onClick={() => setRecovering(true)}>
            {w.recover}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="key" size={16} />} onClick={askSecret}>
            {t.webhooks.newSecret}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="remove" size={16} />} c="var(--bad)" onClick={askRemove}>
            {t.webhooks.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm question={question} close={() => setQuestion(undefined)} />
      <Dialog title={isRecovering ? w.recover : undefined} close={() => setRecovering(false)}>
        <Recover endpointId={id} close={() => setRecovering(false)} />
      </Dialog>
      <Modal
        opened={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title={t.webhooks.newSecret}
        size="lg"
        closeButtonProps={{ 'aria-label': t.app.close }}
      >
        {secret !== undefined && <SecretShown secret={secret} done={() => setSecret(undefined)} />}
      </Modal>
    </>
  );
}

const statuses = ['all', 'succeeded', 'failed', 'pending'] as const;

function Deliveries({ endpointId }: { readonly endpointId: string }) {
  const t = useTexts();
  const [search, setSearch] = useSearchParams();
  const status = statuses.find((each) => each === search.get('status')) ?? 'all';
  const deliveryId = search.get('delivery');
  const change = (name: string, value: string | null): void =>
    setSearch(
      (before) => {
        if (value === null || value === 'all') before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true },
    );
  const pages = usePages<Delivery>({
    queryKey: ['deliveries', endpointId, status],
    everyMs: 3_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/webhooks/endpoints/{endpoint_id}/deliveries', {
          params: {
            path: { endpoint_id: endpointId },
            query: { limit: 50, cursor, ...(status !== 'all' && { status }) },
          },
        }),
      ),
  });
  const steady = useSteady(pages.rows ?? []);
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2}>{t.webhooks.deliveries}</Title>
        <SegmentedControl
          size="xs"
          aria-label={t.webhooks.deliveryColumns.status}
          value={status}
          onChange={(value) => change('status', value)}
          data={statuses.map((value) => ({ value, label: value === 'all' ? t.common.all : t.webhooks.status[value] }))}
        />
      </Group>
      <ErrorNote cause={pages.error} />
      {pages.rows === undefined && pages.error === null && <Waiting />}
      {pages.rows !== undefined && (
        <Card p={0} label={t.webhooks.deliveries}>
          {pages.rows.length === 0 ? (
            <Empty icon="send" title={t.webhooks.noDeliveries} hint={t.webhooks.noDeliveriesHint} />
          ) : (
            <SteadyList steady={steady}>
              <Rows deliveries={steady.rows} open={(id) => change('delivery', id)} />
            </SteadyList>
          )}
        </Card>
      )}
      <More pages={pages} />
      <Drawer
        opened={deliveryId !== null}
        onClose={() => change('delivery', null)}
        position="right"
        size="xl"
        title={t.webhooks.delivery}
        closeButtonProps={{ 'aria-label': t.app.close }}
      >
        {deliveryId !== null && (
          <DeliveryShown
            key={deliveryId}
            id={deliveryId}
            resent={(again) => {
              tellDone(t.webhooks.resent, t);
              change('delivery', again);
            }}
          />
        )}
      </Drawer>
    </Stack>
  );
}

function Rows({ deliveries, open }: { readonly deliveries: readonly Delivery[]; readonly open: (id: string) => void }) {
  const t = useTexts();
  const format = useFormat();
  const { deliveryColumns: columns } = t.webhooks;
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{columns.event}</Table.Th>
          <Table.Th>{columns.status}</Table.Th>
          <Table.Th visibleFrom="sm">{columns.answer}</Table.Th>
          <Table.Th visibleFrom="sm" ta="right">
            {columns.attempts}
          </Table.Th>
          <Table.Th ta="right">{columns.at}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {deliveries.map((delivery) => (
          <Table.Tr key={delivery.id} className="row">
            <Table.Td>
              <button type="button" className="row-link plain" onClick={() => open(delivery.id)}>
                {delivery.event}
              </button>
            </Table.Td>
            <Table.Td>
              <DeliveryState status={delivery.status} />
            </Table.Td>
            <Table.Td visibleFrom="sm">{delivery.response_status ?? delivery.last_error ?? t.common.none}</Table.Td>
            <Table.Td visibleFrom="sm" ta="right" className="numbers">
              {delivery.attempts}
            </Table.Td>
            <Table.Td ta="right" className="numbers">
              {format.dateTime(delivery.created_at)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
