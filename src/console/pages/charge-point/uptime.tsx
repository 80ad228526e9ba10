/** How much of the time each EVSE of a charge point could be used, and what it was used for. */
import { Group, Progress, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import type { ChargePoint } from '../../api/fleet.ts';
import { uptime } from '../../texts/uptime.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Card, Empty, Fact } from '../../ui/page.tsx';
import { Status } from '../../ui/status.tsx';
import { useParam } from '../../ui/use-param.ts';
import { Waiting } from '../../ui/waiting.tsx';

type Report = Schemas['EvseReport'];
const spans = ['7', '30', '90'] as const;
const DAY_MS = 86_400_000;

export default function Uptime({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const w = useWords(uptime);
  const [given, setDays] = useParam('days');
  const days = spans.find((each) => each === given) ?? '30';
  const { id } = chargePoint;
  const { data, error, refetch } = useQuery({
    queryKey: ['uptime', id, days],
    queryFn: () =>
      answer(
        api.GET('/api/v1/reports/evses', {
          params: {
            query: {
              charge_point_id: id,
              from: new Date(Date.now() - Number(days) * DAY_MS).toISOString(),
              limit: 100,
            },
          },
        }),
      ),
    refetchInterval: 60_000,
  });
  return (
    <Stack>
      <Group justify="space-between">
        <SegmentedControl
          aria-label={w.range}
          value={days}
          onChange={(value) => setDays(value === '30' ? '' : value)}
          data={spans.map((value) => ({ value, label: w.days(Number(value)) }))}
        />
      </Group>
      <ErrorNote cause={error} retry={() => void refetch()} />
      {data === undefined && error === null && <Waiting />}
      {data?.data.length === 0 && (
        <Card>
          <Empty icon="clock" title={w.empty} hint={w.emptyHint} />
        </Card>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {data?.data.map((report) => (
          <One key={report.evse_id} report={report} isOld={chargePoint.protocol === 'ocpp1.6'} />
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed" maw={680}>
        {w.explain}
      </Text>
    </Stack>
  );
}

/** Shares of the observed time: what is up is the rest. */
const kinds = [
  { name: 'faulted', colour: 'var(--bad)' },
  { name: 'offline', colour: 'var(--off)' },
  { name: 'unavailable', colour: 'var(--warn)' },
] as const;

function One({ report, isOld }: { readonly report: Report; readonly isOld: boolean }) {
  const t = useTexts();
  const w = useWords(uptime);
  const format = useFormat();
  const { evse_id, uptime: share, observed_s: observed, occupied, charging, sessions, energy_wh } = report;
  const percent = share === null ? w.unknown : format.share(share);
  const label = isOld ? t.chargePoint.connector(evse_id) : t.chargePoint.evse(evse_id);
  const seconds = { faulted: report.faulted_s, offline: report.offline_s, unavailable: report.unavailable_s };
  const partOf = (s: number): number => (observed === 0 ? 0 : (s / observed) * 100);
  const shareOf = (value: number | null): string => (value === null ? t.common.none : format.share(value));
  return (
    <Card label={label}>
      <Group justify="space-between" align="baseline">
        <Title order={2}>{label}</Title>
        <Text fz="1.6rem" fw={700} className="numbers" data-uptime={share ?? ''}>
          {percent}
        </Text>
      </Group>
      <Progress.Root size="lg" mt="xs" role="img" aria-label={w.barLabel(percent)}>
        <Progress.Section value={share === null ? 0 : share * 100} color="var(--ok)" withAria={false} />
        {kinds.map(({ name, colour }) => (
          <Progress.Section key={name} value={partOf(seconds[name])} color={colour} withAria={false} />
        ))}
      </Progress.Root>
      <Group gap="md" mt="xs">
        {kinds
          .filter(({ name }) => seconds[name] > 0)
          .map(({ name }) => (
            <Status key={name} tone={name === 'faulted' ? 'bad' : name === 'offline' ? 'off' : 'warn'}>
              {w[name]} {format.duration(seconds[name])}
            </Status>
          ))}
      </Group>
      <SimpleGrid component="dl" m={0} mt="md" cols={{ base: 2, sm: 3 }}>
        <Fact name={w.sessions}>{format.count(sessions)}</Fact>
        <Fact name={w.energy}>{format.energy(energy_wh)}</Fact>
        <Fact name={w.occupied}>{shareOf(occupied)}</Fact>
        <Fact name={w.charging}>{shareOf(charging)}</Fact>
        <Fact name={w.observed}>{format.duration(observed)}</Fact>
        {report.excluded_s > 0 && <Fact name={w.excluded}>{format.duration(report.excluded_s)}</Fact>}
      </SimpleGrid>
    </Card>
  );
}
