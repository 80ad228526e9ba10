/** One session: its course, what it costs and why, and its receipt. */
import { Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { answer, api, done, onlyOnce } from '../api/client.ts';
import { type CourseOf, courseOf } from '../api/course.ts';
import { READINGS_MS } from '../api/live.ts';
import { useMay } from '../api/use-session.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { Confirm, type Question } from '../ui/confirm.tsx';
import { ErrorNote, tell } from '../ui/error-note.tsx';
import { Icon } from '../ui/icons.tsx';
import { useNow } from '../ui/live.tsx';
import { Card, Empty, Fact, Page } from '../ui/page.tsx';
import { PriceLines } from '../ui/price-lines.tsx';
import { saveFile } from '../ui/save-file.ts';
import type { Reading } from '../ui/session-chart.tsx';
import { isRunning, SessionState } from '../ui/session-table.tsx';
import { Waiting } from '../ui/waiting.tsx';

const Chart = lazy(() => import('../ui/session-chart.tsx'));
type Session = Schemas['Session'];

export default function SessionPage() {
  const { id = '' } = useParams();
  const t = useTexts();
  const { data, error, refetch } = useQuery({
    queryKey: ['session', id],
    queryFn: () => answer(api.GET('/api/v1/sessions/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data !== undefined && isRunning(state.data) ? READINGS_MS : false),
  });
  const above = { to: '/sessions', title: t.sessions.title };
  if (data === undefined) {
    return (
      <Page title={t.session.title} above={above}>
        {error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={`${data.charge_point_identity} · ${data.connector_id}`}
      above={above}
      beside={<SessionState session={data} />}
      actions={<Actions session={data} />}
    >
      <Facts session={data} />
      <Course session={data} />
      <Price session={data} />
    </Page>
  );
}

function Actions({ session }: { readonly session: Session }) {
  const t = useTexts();
  const mayCommand = useMay('write:commands');
  const mayBill = useMay('read:billing');
  const [question, setQuestion] = useState<Question>();
  const { id, charge_point_identity, connector_id, cost } = session;
  const place = `${charge_point_identity} · ${connector_id}`;
  const askStop = (): void =>
    setQuestion({
      title: t.actions.stopTitle(place),
      text: t.actions.stopText,
      yes: t.actions.stop,
      do: () =>
        done(api.POST('/api/v1/sessions/{id}/stop', { params: { path: { id }, header: onlyOnce() }, body: {} })),
    });
  return (
    <>
      {isRunning(session) && mayCommand && (
        <Button leftSection={<Icon name="stop" size={16} />} variant="default" onClick={askStop}>
          {t.actions.stop}
        </Button>
      )}
      {!isRunning(session) && mayBill && cost !== null && (
        <Button
          leftSection={<Icon name="receipt" size={16} />}
          variant="default"
          onClick={() => void saveFile(`/api/v1/sessions/${id}/receipt.pdf`, `receipt-${id}.pdf`).catch(tell(t))}
        >
          {t.session.receipt}
        </Button>
      )}
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

function Facts({ session }: { readonly session: Session }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow();
  const {
    started_at,
    ended_at,
    duration_s,
    energy_wh,
    power_w,
    soc_percent,
    token,
    stop_reason,
    tariff,
    flags,
    meter_start_wh,
    meter_stop_wh,
  } = session;
  const seconds = isRunning(session) ? (now - new Date(started_at).getTime()) / 1000 : duration_s;
  const none = t.common.none;
  return (
    <Card>
      <SimpleGrid component="dl" m={0} cols={{ base: 2, sm: 3, lg: 5 }} spacing="md">
        <Fact name={t.session.energy}>
          <strong>{format.exactEnergy(energy_wh)}</strong>
        </Fact>
        {isRunning(session) && <Fact name={t.session.power}>{power_w === null ? none : format.power(power_w)}</Fact>}
        {soc_percent !== null && <Fact name={t.session.soc}>{format.percent(soc_percent)}</Fact>}
        <Fact name={t.sessions.columns.duration}>{format.duration(seconds)}</Fact>
        <Fact name={t.session.started}>{format.dateTime(started_at)}</Fact>
        {ended_at !== null && <Fact name={t.session.ended}>{format.dateTime(ended_at)}</Fact>}
        {stop_reason !== null && <Fact name={t.session.reason}>{stop_reason}</Fact>}
        <Fact name={t.actions.token}>{token ?? none}</Fact>
        <Fact name={t.session.meter}>
          {format.exactEnergy(meter_start_wh)} → {meter_stop_wh === null ? '…' : format.exactEnergy(meter_stop_wh)}
        </Fact>
        {tariff !== null && <Fact name={t.session.tariff}>{tariff.name ?? tariff.id}</Fact>}
        {flags.length > 0 && (
          <Fact name={t.session.flags}>{flags.map((flag) => flag.replaceAll('_', ' ')).join(', ')}</Fact>
        )}
      </SimpleGrid>
      <Button
        component={Link}
        to={`/charge-points/${session.charge_point_id}`}
        variant="subtle"
        size="compact-sm"
        px={0}
        mt="xs"
      >
        {t.connect.open}
      </Button>
    </Card>
  );
}

function Course({ session }: { readonly session: Session }) {
  const t = useTexts();
  const format = useFormat();
  const queries = useQueryClient();
  const { id } = session;
  const key = ['session', id, 'readings'];
  const { data, error } = useQuery({
    queryKey: key,
    refetchInterval: isRunning(session) ? 5_000 : false,
    queryFn: () =>
      courseOf(
        (cursor) =>
          answer(
            api.GET('/api/v1/sessions/{id}/meter-values', { params: { path: { id }, query: { limit: 100, cursor } } }),
          ),
        isRunning(session) ? queries.getQueryData<CourseOf<Reading>>(key) : undefined,
      ),
  });
  return (
    <Card label={t.session.chart}>
      <Title order={2} mb="sm">
        {t.session.chart}
      </Title>
      <ErrorNote cause={error} />
      {data?.readings.length === 0 && <Empty icon="sessions" title={t.session.noReadings} />}
      {data !== undefined && data.readings.length > 0 && (
        <Suspense fallback={<Waiting />}>
          <Chart readings={data.readings} />
        </Suspense>
      )}
      {data?.isCut === true && (
        <Text size="sm" c="dimmed">
          {t.session.chartCut(format.count(data.readings.length))}
        </Text>
      )}
    </Card>
  );
}

function Price({ session }: { readonly session: Session }) {
  const t = useTexts();
  const { cost } = session;
  if (cost === null) {
    return (
      <Card label={t.session.price}>
        <Title order={2} mb="xs">
          {t.session.price}
        </Title>
        <Text size="sm" c="dimmed">
          {session.free_of_charge ? t.sessions.free : t.session.noTariff}
        </Text>
      </Card>
    );
  }
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Title order={2}>{t.session.price}</Title>
        {!cost.is_final && (
          <Text size="sm" c="dimmed">
            {t.session.soFar}
          </Text>
        )}
      </Group>
      <Card p={0} label={t.session.price}>
        <PriceLines cost={cost} />
      </Card>
    </Stack>
  );
}
