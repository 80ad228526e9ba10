/** How well each EVSE was there, and how much it was used. */
import { Group, Progress, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { nameOf } from '../../api/fleet.ts';
import { reportTexts } from '../../texts/reports.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useChargePoints } from '../../ui/live.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { Download } from './download.tsx';
import { rangeOf } from './range.ts';

type Report = Schemas['EvseReport'] & { readonly id: string };

export default function Uptime({ days }: { readonly days: number }) {
  const w = useWords(reportTexts);
  const range = useMemo(() => rangeOf(days), [days]);
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        <Text size="sm" c="dimmed" maw={620}>
          {w.uptimeHint}
        </Text>
        <Download path="/api/v1/exports/evses" query={range} name="evses.csv" />
      </Group>
      <Found key={days} range={range} />
    </Stack>
  );
}

function Found({ range }: { readonly range: { readonly from: string; readonly to: string } }) {
  const w = useWords(reportTexts);
  const format = useFormat();
  const { fleet } = useChargePoints();
  const pages = usePages({
    queryKey: ['evse-reports', range],
    ask: (cursor) => answer(api.GET('/api/v1/reports/evses', { params: { query: { ...range, limit: 100, cursor } } })),
  });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  if (pages.rows.length === 0) {
    return (
      <Card>
        <Empty icon="chargePoints" title={w.uptimeEmpty} />
      </Card>
    );
  }
  const nameAt = ({ charge_point_id, charge_point_identity }: Report): string => {
    const found = fleet?.all.find(({ id }) => id === charge_point_id);
    return found === undefined ? charge_point_identity : nameOf(found);
  };
  const share = (value: number | null): string => (value === null ? '–' : format.percent(value * 100));
  const columns: Column<Report>[] = [
    {
      name: w.groups.charge_point,
      of: (row) => (
        <>
          <Link className="row-link" to={`/charge-points/${row.charge_point_id}`}>
            {nameAt(row)}
          </Link>
          <Text size="xs" c="dimmed">
            EVSE {row.evse_id}
          </Text>
        </>
      ),
    },
    { name: w.columns.uptime, of: ({ uptime }) => <Share value={uptime} none={w.unobserved} /> },
    { name: w.columns.use, isNumber: true, from: 'sm', of: ({ occupied }) => share(occupied) },
    { name: w.columns.charging, isNumber: true, from: 'md', of: ({ charging }) => share(charging) },
    { name: w.columns.offline, isNumber: true, from: 'md', of: ({ offline_s }) => format.duration(offline_s) },
    { name: w.columns.faulted, isNumber: true, from: 'md', of: ({ faulted_s }) => format.duration(faulted_s) },
    { name: w.energy, isNumber: true, from: 'sm', of: ({ energy_wh }) => format.energy(energy_wh) },
  ];
  return (
    <Stack>
      <Card p={0} label={w.tabs.uptime}>
        <Rows
          isOwn
          rows={pages.rows.map((row) => ({ ...row, id: `${row.charge_point_id} ${row.evse_id}` }))}
          columns={columns}
        />
      </Card>
      <More pages={pages} />
    </Stack>
  );
}

/** Colour repeats what the number says. */
function Share({ value, none }: { readonly value: number | null; readonly none: string }) {
  const format = useFormat();
  if (value === null) {
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  const colour = value >= 0.97 ? 'var(--ok)' : value >= 0.9 ? 'var(--warn)' : 'var(--bad)';
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="sm" className="numbers" miw={56}>
        {format.share(value)}
      </Text>
      <Progress value={value * 100} color={colour} w={90} visibleFrom="sm" aria-hidden="true" />
    </Group>
  );
}
