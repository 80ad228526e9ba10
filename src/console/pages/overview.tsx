/** What an operator wants to know first: is everything running, who is charging, what did the day bring, what needs a person. */
import { Anchor, Group, SimpleGrid, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { answer, api } from '../api/client.ts';
import { type Fleet, isIn, type State } from '../api/fleet.ts';
import { READINGS_MS } from '../api/live.ts';
import { sitesQuery } from '../api/sites.ts';
import { useMay } from '../api/use-session.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { CutNote } from '../ui/cut-note.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { useChargePoints } from '../ui/live.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { SessionTable } from '../ui/session-table.tsx';
import type { Tone } from '../ui/status.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { Welcome } from '../ui/welcome.tsx';
import { AlertLine, openAlertsQuery } from './alerts.tsx';
import { Glances } from './overview/glances.tsx';

const overviewQuery = queryOptions({
  queryKey: ['totals', 'overview'], // what a session changes makes it stale
  queryFn: () => answer(api.GET('/api/v1/overview')),
  refetchInterval: 15_000,
});

export default function Overview() {
  const t = useTexts();
  const { fleet, error } = useChargePoints();
  return (
    <Page title={t.overview.title}>
      <ErrorNote cause={error} />
      {fleet === undefined && error === null && <Waiting />}
      {fleet !== undefined && (fleet.all.length === 0 ? <Welcome /> : <Running fleet={fleet} />)}
    </Page>
  );
}

function Running({ fleet }: { readonly fleet: Fleet }) {
  const format = useFormat();
  const maySeeSessions = useMay('read:sessions');
  return (
    <>
      <FleetTiles fleet={fleet} />
      <CutNote />
      <SimpleGrid cols={{ base: 1, sm: maySeeSessions ? 2 : 1 }}>
        {maySeeSessions && <Today format={format} />}
      </SimpleGrid>
      <OpenAlerts />
      <Glances fleet={fleet} />
      <Places fleet={fleet} />
      {maySeeSessions && <ChargingNow />}
    </>
  );
}

const SiteMap = lazy(() => import('../ui/site-map.tsx'));

const tiles: readonly { readonly state: State; readonly tone: Tone }[] = [
  { state: 'online', tone: 'ok' },
  { state: 'offline', tone: 'off' },
  { state: 'charging', tone: 'busy' },
  { state: 'faulted', tone: 'bad' },
];

function countOf(counted: Schemas['FleetOverview']['charge_points'], state: State): number {
  if (state === 'online') return counted.connected;
  return state === 'offline' ? counted.total - counted.connected : counted[state];
}

function FleetTiles({ fleet }: { readonly fleet: Fleet }) {
  const t = useTexts();
  const format = useFormat();
  // Of more than a browser keeps, the server counts.
  const maySeeSessions = useMay('read:sessions');
  const { data: whole } = useQuery({ ...overviewQuery, enabled: fleet.isCut || maySeeSessions });
  const counted = fleet.isCut ? whole?.charge_points : undefined;
  const power = whole?.charging_now?.power_w ?? 0;
  const total = counted?.total ?? fleet.all.length;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} data-fleet={fleet.all.length}>
      {tiles.map(({ state, tone }) => {
        const count =
          counted === undefined ? fleet.all.filter((each) => isIn(each, state)).length : countOf(counted, state);
        return (
          <UnstyledButton key={state} component={Link} to={`/charge-points?state=${state}`} className="card" p="lg">
            <span className={`status${count === 0 ? ' hollow' : ''}`} style={{ color: `var(--${tone})` }}>
              <span>{t.overview[state]}</span>
            </span>
            <Group gap={6} align="baseline" mt={4}>
              <Text fz="1.9rem" fw={700} lh={1.2} className="numbers" data-tile={state}>
                {format.count(count)}
              </Text>
              <Text size="sm" c="dimmed">
                / {format.count(total)}
              </Text>
              {state === 'charging' && power > 0 && (
                <Text size="sm" c="dimmed" className="numbers" title={`${format.power(power)} ${t.overview.together}`}>
                  · {format.power(power)}
                </Text>
              )}
            </Group>
          </UnstyledButton>
        );
      })}
    </SimpleGrid>
  );
}

function Today({ format }: { readonly format: ReturnType<typeof useFormat> }) {
  const t = useTexts();
  const { data, error } = useQuery(overviewQuery);
  if (error !== null) return <ErrorNote cause={error} />;
  const { energy_wh: energyWh = 0, sessions = 0, revenue } = data?.today ?? {};
  const mayBill = data === undefined || revenue !== undefined;
  const earned = revenue ?? [];
  return (
    <>
      <Figure name={t.overview.energyToday} value={format.energy(energyWh)} hint={t.overview.sessionsToday(sessions)} />
      {mayBill && (
        <Figure
          name={t.overview.revenueToday}
          value={
            earned.length === 0
              ? t.common.none
              : earned.map((each) => format.money(each.incl_tax, each.currency)).join(' + ')
          }
          hint={earned.length === 0 ? t.overview.noRevenue : ''}
        />
      )}
    </>
  );
}

function Figure({ name, value, hint }: { readonly name: string; readonly value: string; readonly hint: string }) {
  return (
    <Card label={name}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Group gap="sm" align="baseline">
        <Text fz="1.6rem" fw={700} className="numbers wraps">
          {value}
        </Text>
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      </Group>
    </Card>
  );
}

function Section({
  title,
  to,
  all,
  children,
}: {
  readonly title: string;
  readonly to: string;
  readonly all: string;
  readonly children: ReactNode;
}) {
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2}>{title}</Title>
        <Anchor component={Link} to={to} size="sm">
          {all}
        </Anchor>
      </Group>
      <Card p={0} label={title}>
        {children}
      </Card>
    </Stack>
  );
}

/** Where there is something to show on a map. */
function Places({ fleet }: { readonly fleet: Fleet }) {
  const t = useTexts();
  const { data } = useQuery(sitesQuery);
  const placed = data?.filter(({ coordinates }) => coordinates !== null) ?? [];
  if (placed.length === 0) return null;
  return (
    <Section title={t.overview.map} to="/sites" all={t.overview.allSites}>
      <Suspense fallback={<Waiting />}>
        <SiteMap sites={placed} all={fleet.all} />
      </Suspense>
    </Section>
  );
}

function OpenAlerts() {
  const t = useTexts();
  const { data, error } = useQuery(openAlertsQuery);
  return (
    <Section title={t.overview.openAlerts} to="/alerts" all={t.overview.allAlerts}>
      <ErrorNote cause={error} />
      {data?.data.length === 0 && <Empty icon="check" title={t.overview.noAlerts} />}
      {data?.data.slice(0, 5).map((alert) => (
        <AlertLine key={alert.id} alert={alert} />
      ))}
    </Section>
  );
}

function ChargingNow() {
  const t = useTexts();
  const { data, error } = useQuery({
    queryKey: ['sessions', 'running'],
    queryFn: () =>
      answer(
        api.GET('/api/v1/sessions', { params: { query: { status: 'active,suspended_ev,suspended_evse', limit: 10 } } }),
      ),
    refetchInterval: ({ state }) => ((state.data?.data.length ?? 0) > 0 ? READINGS_MS : 3_000),
  });
  return (
    <Section title={t.overview.running} to="/sessions" all={t.overview.allSessions}>
      <ErrorNote cause={error} />
      {data?.data.length === 0 && <Empty icon="sessions" title={t.overview.nobody} />}
      {data !== undefined && data.data.length > 0 && <SessionTable sessions={data.data} />}
    </Section>
  );
}
