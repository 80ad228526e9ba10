/** One delivery: what was sent, what came back at each attempt, and sending it again. */
import { Accordion, Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { paths } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useNow } from '../../ui/live.tsx';
import { pretty } from '../../ui/pretty.ts';
import { Status, type Tone } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';

export type Delivery =
  paths['/api/v1/webhooks/endpoints/{endpoint_id}/deliveries']['get']['responses'][200]['content']['application/json']['data'][number];
type Detail =
  paths['/api/v1/webhooks/deliveries/{delivery_id}']['get']['responses'][200]['content']['application/json'];
type Attempt = Detail['attempt_log'][number];

const tones: Record<Delivery['status'], Tone> = { succeeded: 'ok', failed: 'bad', pending: 'busy' };

export function DeliveryState({ status }: { readonly status: Delivery['status'] }) {
  const t = useTexts();
  return <Status tone={tones[status]}>{t.webhooks.status[status]}</Status>;
}

export function DeliveryShown({ id, resent }: { readonly id: string; readonly resent: (id: string) => void }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow();
  const queries = useQueryClient();
  const path = { delivery_id: id };
  const { data, error, refetch } = useQuery({
    queryKey: ['delivery', id],
    queryFn: () => answer(api.GET('/api/v1/webhooks/deliveries/{delivery_id}', { params: { path } })),
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? 1_500 : false),
  });
  const resend = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/webhooks/deliveries/{delivery_id}/resend', { params: { path, header: onlyOnce() } })),
    onSuccess: async (again) => {
      resent(again.id);
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['delivery', id] }),
        queries.invalidateQueries({ queryKey: ['deliveries'] }),
      ]);
    },
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  return (
    <Stack>
      <Group justify="space-between">
        <div>
          <Title order={2}>{data.event}</Title>
          <DeliveryState status={data.status} />
          {data.next_attempt_at !== null && (
            <Text size="sm" c="dimmed">
              {t.webhooks.nextAttempt(format.until(data.next_attempt_at, now))}
            </Text>
          )}
        </div>
        <Button
          variant="default"
          leftSection={<Icon name="send" size={16} />}
          onClick={() => resend.mutate()}
          loading={resend.isPending}
        >
          {t.webhooks.resend}
        </Button>
      </Group>
      <ErrorNote cause={resend.error} />
      <Title order={3}>{t.webhooks.attempts}</Title>
      <Accordion variant="contained" chevronPosition="left" defaultValue={String(data.attempt_log.at(-1)?.number)}>
        {data.attempt_log.map((attempt) => (
          <One key={attempt.number} attempt={attempt} />
        ))}
      </Accordion>
      <Title order={3}>{t.webhooks.payload}</Title>
      <Code block tabIndex={0}>
        {pretty(data.request.body)}
      </Code>
      {data.request.headers !== null && (
        <>
          <Title order={3}>{t.webhooks.headers}</Title>
          <Code block tabIndex={0}>
            {lines(data.request.headers)}
          </Code>
        </>
      )}
    </Stack>
  );
}

const lines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

function One({ attempt }: { readonly attempt: Attempt }) {
  const t = useTexts();
  const format = useFormat();
  const { number, started_at, duration_ms, response_status, error, response_body } = attempt;
  const isGood = response_status !== null && response_status >= 200 && response_status < 300;
  return (
    <Accordion.Item value={String(number)}>
      <Accordion.Control>
        <Group justify="space-between" gap="sm">
          <Text size="sm" fw={600} component="span">
            <Status tone={isGood ? 'ok' : 'bad'}>{t.webhooks.attempt(number)}</Status>
          </Text>
          <Text size="sm" c="dimmed" className="numbers">
            {response_status ?? t.webhooks.noResponse} · {format.count(duration_ms)} ms · {format.exact(started_at)}
          </Text>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        {error !== null && <Text size="sm">{error}</Text>}
        {response_body !== null && response_body !== '' && (
          <>
            <Text size="sm" c="dimmed">
              {t.webhooks.response}
            </Text>
            <Code block tabIndex={0}>
              {pretty(response_body)}
            </Code>
          </>
        )}
      </Accordion.Panel>
    </Accordion.Item>
  );
}
