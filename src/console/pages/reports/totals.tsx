/** Sessions, energy, duration and revenue, added up by the server: a chart over days or months, a table by anything. */
import { Box, Group, SegmentedControl, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { nameOf } from '../../api/fleet.ts';
import { sitesQuery } from '../../api/sites.ts';
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

const Bars = lazy(() => import('./bars.tsx'));
type Totals = Schemas['SessionTotals'];
const groupings = ['day', 'month', 'site', 'charge_point', 'evse', 'token'] as const;
type Grouping = (typeof groupings)[number];
const measures = ['energy', 'revenue', 'sessions'] as const;
type Measure = (typeof measures)[number];

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

function Found({ query }: { readonly query: Query }) {
  const w = useWords(reportTexts);
  const isOverTime = query.group_by === 'day' || query.group_by === 'month';
  const pages = usePages({
    queryKey: ['totals', 'report', query],
    ask: (cursor) => answer(api.GET('/api/v1/reports/totals', { params: { query: { ...query, limit: 100, cursor } } })),
  });
  const titleOf = useTitles(query.group_by);
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  const rows = pages.rows.map((row) => ({ ...row, id: idOf(row) }));
  if (rows.every(({ sessions }) => sessions === 0)) {
    return (
      <Card>
        <Empty icon="reports" title={w.empty} hint={w.emptyHint} />
      </Card>
    );
  }
  const review = rows.reduce((sum, { under_review }) => sum + (under_review ?? 0), 0);
  return (
    <Stack>
      <Sums rows={rows} />
      {isOverTime && <OverTime rows={rows} />}
      {review > 0 && (
        <Text size="sm" c="dimmed">
          {w.underReview(review)}
        </Text>
      )}
      <Card p={0} label={w.tabs.totals}>
        <Table rows={isOverTime ? rows.toReversed() : rows} grouping={query.group_by} titleOf={titleOf} />
      </Card>
      <More pages={pages} />
    </Stack>
  );
}

type Row = Totals & { readonly id: string };
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

/** By currency; they are never added over currencies, and never but by whole cents of what the server has added. */
function revenueOf(rows: readonly Totals[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { revenue = [] } of rows)
    for (const { currency, incl_tax } of revenue) sums.set(currency, (sums.get(currency) ?? 0) + Number(incl_tax));
  return sums;
}

function Sums({ rows }: { readonly rows: readonly Row[] }) {
  const w = useWords(reportTexts);
  const format = useFormat();
  const sum = (of: (row: Row) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const money = [...revenueOf(rows)].map(([currency, amount]) => format.money(String(amount), currency));
  const shown = [
    [w.sessions, format.count(sum(({ sessions }) => sessions))],
    [w.energy, format.energy(sum(({ energy_wh }) => energy_wh))],
    [w.duration, format.duration(sum(({ duration_s }) => duration_s))],
    ...(rows[0]?.revenue === undefined ? [] : [[w.revenue, money.join(' + ') || '–']]),
  ];
  return (
    <SimpleGrid component="dl" m={0} cols={{ base: 2, md: shown.length }}>
      {shown.map(([name, value]) => (
        <Box className="card" p="md" key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" m={0} fz={24} fw={650} className="numbers">
            {value}
          </Text>
        </Box>
      ))}
    </SimpleGrid>
  );
}

function OverTime({ rows }: { readonly rows: readonly Row[] }) {
  const w = useWords(reportTexts);
  const format = useFormat();
  const [measure, setMeasure] = useState<Measure>('energy');
  const currency = [...revenueOf(rows).keys()][0];
  const shown = measures.filter((each) => each !== 'revenue' || currency !== undefined);
  const values = rows.map((row): number => {
    if (measure === 'energy') return row.energy_wh;
    if (measure === 'sessions') return row.sessions;
    return Number(row.revenue?.find((each) => each.currency === currency)?.incl_tax ?? 0);
  });
  const told = (value: number): string => {
    if (measure === 'energy') return format.energy(value);
    return measure === 'sessions' ? format.count(value) : format.money(String(value), currency ?? 'EUR');
  };
  return (
    <Card label={w.chart(w[measure])}>
      <Group justify="flex-end" mb="sm">
        <SegmentedControl
          size="xs"
          aria-label={w.tabs.totals}
          value={measure}
          onChange={(value) => setMeasure(measures.find((each) => each === value) ?? 'energy')}
          data={shown.map((value) => ({ value, label: w[value] }))}
        />
      </Group>
      <Suspense fallback={<Waiting />}>
        <Bars
          label={w.chart(w[measure])}
          axis={rows[0]?.day === undefined ? w.groups.month : w.groups.day}
          names={rows.map(({ day, month }) => (day === undefined ? format.month(month ?? '') : format.shortDay(day)))}
          values={values}
          told={told}
        />
      </Suspense>
    </Card>
  );
}

function Table(props: {
  readonly rows: readonly Row[];
  readonly grouping: Grouping;
  readonly titleOf: (row: Row) => string;
}) {
  const { rows, grouping, titleOf } = props;
  const w = useWords(reportTexts);
  const format = useFormat();
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
  return <Rows isOwn rows={rows} columns={rows[0]?.revenue === undefined ? columns : [...columns, money]} />;
}
