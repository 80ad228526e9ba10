/** Sessions, energy, duration and revenue, added up by the server: a chart over days or months, a table by anything. */
import { Box, Group, SegmentedControl, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { everyPage } from '../../api/every-page.ts';
import { nameOf } from '../../api/fleet.ts';
import { sitesQuery } from '../../api/sites.ts';
import { digitsOf } from '../../format.ts';
import { reportTexts } from '../../texts/reports.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useChargePoints } from '../../ui/live.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { useParam } from '../../ui/use-param.ts';
import { Waiting } from '../../ui/waiting.tsx';
import { Download } from './download.tsx';
import { rangeOf } from './range.ts';
import { type Sums, sumsOf, type Totals } from './sums.ts';

const Bars = lazy(() => import('./bars.tsx'));
const groupings = ['day', 'month', 'site', 'charge_point', 'evse', 'token'] as const;
type Grouping = (typeof groupings)[number];

export default function TotalsReport({ days }: { readonly days: number }) {
  const w = useWords(reportTexts);
  const [given, setGrouping] = useParam('by');
  const grouping = groupings.find((each) => each === given) ?? (days > 90 ? 'month' : 'day');
  const range = useMemo(() => rangeOf(days), [days]);
  const query = { group_by: grouping, ...range };
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        <Select
          label={w.groupBy}
          data={groupings.map((value) => ({ value, label: w.groups[value] }))}
          value={grouping}
          onChange={(value) => setGrouping(value ?? '')}
          allowDeselect={false}
        />
        <Download path="/api/v1/exports/totals" query={query} name={`totals-by-${grouping}.csv`} />
      </Group>
      <Found key={JSON.stringify(query)} query={query} />
    </Stack>
  );
}

type Query = { readonly group_by: Grouping; readonly from: string; readonly to: string };
type Row = Totals & { readonly id: string };
const KEY = ['totals', 'report'] as const; // what a session changes makes it stale
const ask = (query: Query, cursor: string | undefined) =>
  answer(api.GET('/api/v1/reports/totals', { params: { query: { ...query, limit: 100, cursor } } }));
const rowsOf = (groups: readonly Totals[]): Row[] => groups.map((each) => ({ ...each, id: idOf(each) }));

/** Sums are those of the time, whatever the table below them is by, and however much of it is there. */
function Found({ query }: { readonly query: Query }) {
  const w = useWords(reportTexts);
  const { data, error, refetch } = useOverTime({ ...query, group_by: 'month' });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  const sums = sumsOf(data);
  if (sums.sessions === 0) {
    return (
      <Card>
        <Empty icon="reports" title={w.empty} hint={w.emptyHint} />
      </Card>
    );
  }
  return (
    <Stack>
      <Tiles sums={sums} />
      {query.group_by === 'day' || query.group_by === 'month' ? (
        <OverTime query={query} sums={sums} />
      ) : (
        <InPages query={query} sums={sums} />
      )}
    </Stack>
  );
}

/** All days or months of the time, 400 at most: a chart that ended before it would be taken for the whole. */
const useOverTime = (query: Query) =>
  useQuery({
    queryKey: [...KEY, query],
    queryFn: async () => rowsOf((await everyPage((cursor) => ask(query, cursor))).all),
  });

type Shown = { readonly query: Query; readonly sums: Sums };

function OverTime({ query, sums }: Shown) {
  const { data: rows, error, refetch } = useOverTime(query);
  if (rows === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  return (
    <>
      <Chart rows={rows} sums={sums} />
      <Review sums={sums} />
      <Table rows={rows.toReversed()} grouping={query.group_by} />
    </>
  );
}

/** By what there may be any number of. */
function InPages({ query, sums }: Shown) {
  const pages = usePages({ queryKey: [...KEY, query], ask: (cursor) => ask(query, cursor) });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  return (
    <>
      <Review sums={sums} />
      <Table rows={rowsOf(pages.rows)} grouping={query.group_by} />
      <More pages={pages} />
    </>
  );
}

function Review({ sums: { underReview } }: { readonly sums: Sums }) {
  const w = useWords(reportTexts);
  if (underReview === 0) return null;
  return (
    <Text size="sm" c="dimmed">
      {w.underReview(underReview)}
    </Text>
  );
}

const idOf = ({ day, month, site_id, charge_point_id, evse_id, token }: Totals): string =>
  JSON.stringify([day, month, site_id, charge_point_id, evse_id, token]);

/** How a group is called. */
function useTitles(grouping: Grouping): (row: Totals) => string {
  const w = useWords(reportTexts);
  const format = useFormat();
  const { fleet } = useChargePoints();
  const sites = useQuery({ ...sitesQuery, enabled: grouping === 'site' });
  const pointOf = (of: string | undefined): string => {
    const found = fleet?.all.find(({ id }) => id === of);
    return found === undefined ? (of ?? '') : nameOf(found);
  };
  return (row) => {
    switch (grouping) {
      case 'day':
        return format.day(row.day ?? '');
      case 'month':
        return format.month(row.month ?? '');
      case 'site':
        return sites.data?.find(({ id }) => id === row.site_id)?.name ?? row.site_id ?? w.noSite;
      case 'charge_point':
        return pointOf(row.charge_point_id);
      case 'evse':
        return `${pointOf(row.charge_point_id)} · EVSE ${row.evse_id}`;
      case 'token':
        return row.token ?? w.noToken;
    }
  };
}

function Tiles({ sums: { sessions, energyWh, durationS, revenue } }: { readonly sums: Sums }) {
  const w = useWords(reportTexts);
  const format = useFormat();
  const money = [...(revenue ?? [])].map(([currency, amount]) => format.money(amount, currency));
  const shown = [
    [w.sessions, format.count(sessions)],
    [w.energy, format.energy(energyWh)],
    [w.duration, format.duration(durationS)],
    ...(revenue === undefined ? [] : [[w.revenue, ...(money.length === 0 ? ['–'] : money)]]),
  ];
  return (
    <SimpleGrid component="dl" m={0} cols={{ base: 1, xs: 2, md: shown.length }}>
      {shown.map(([name, ...values]) => (
        <Box className="card" p="md" key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          {values.map((value) => (
            <Text component="dd" m={0} fz={20} fw={650} className="numbers wraps" key={value}>
              {value}
            </Text>
          ))}
        </Box>
      ))}
    </SimpleGrid>
  );
}

type Measure = {
  readonly id: string;
  readonly name: string;
  readonly of: (row: Row) => number;
  readonly told: (value: number) => string;
};

function Chart({ rows, sums }: { readonly rows: readonly Row[]; readonly sums: Sums }) {
  const w = useWords(reportTexts);
  const format = useFormat();
  const [chosen, setChosen] = useState('energy');
  const currencies = [...(sums.revenue ?? [])];
  // amounts of several currencies have no scale in common
  const revenues = currencies.map(
    ([currency, sum]): Measure => ({
      id: currency,
      name: currencies.length === 1 ? w.revenue : `${w.revenue} ${currency}`,
      of: ({ revenue = [] }) => Number(revenue.find((each) => each.currency === currency)?.incl_tax ?? 0),
      told: (value) => format.money(value.toFixed(digitsOf(sum)), currency),
    }),
  );
  const energy: Measure = { id: 'energy', name: w.energy, of: ({ energy_wh }) => energy_wh, told: format.energy };
  const sessions: Measure = { id: 'sessions', name: w.sessions, of: (row) => row.sessions, told: format.count };
  const all = [energy, ...revenues, sessions];
  const measure = all.find(({ id }) => id === chosen) ?? energy;
  return (
    <Card label={w.chart(measure.name)}>
      <Group justify="flex-end" mb="sm">
        <SegmentedControl
          size="xs"
          aria-label={w.tabs.totals}
          value={measure.id}
          onChange={setChosen}
          data={all.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Group>
      <Suspense fallback={<Waiting />}>
        <Bars
          label={w.chart(measure.name)}
          axis={rows[0]?.day === undefined ? w.groups.month : w.groups.day}
          names={rows.map(({ day, month }) => (day === undefined ? format.month(month ?? '') : format.shortDay(day)))}
          values={rows.map(measure.of)}
          told={measure.told}
        />
      </Suspense>
    </Card>
  );
}

function Table({ rows, grouping }: { readonly rows: readonly Row[]; readonly grouping: Grouping }) {
  const w = useWords(reportTexts);
  const format = useFormat();
  const titleOf = useTitles(grouping);
  const money: Column<Row> = {
    name: w.revenue,
    isNumber: true,
    of: ({ revenue = [] }) =>
      revenue.map(({ currency, incl_tax }) => format.money(incl_tax, currency)).join(' + ') || '–',
  };
  const columns: Column<Row>[] = [
    { name: w.groups[grouping], of: titleOf },
    { name: w.sessions, isNumber: true, from: 'xs', of: ({ sessions }) => format.count(sessions) },
    { name: w.energy, isNumber: true, of: ({ energy_wh }) => format.energy(energy_wh) },
    { name: w.duration, isNumber: true, from: 'sm', of: ({ duration_s }) => format.duration(duration_s) },
  ];
  return (
    <Card p={0} label={w.tabs.totals}>
      <Rows isOwn rows={rows} columns={rows[0]?.revenue === undefined ? columns : [...columns, money]} />
    </Card>
  );
}
