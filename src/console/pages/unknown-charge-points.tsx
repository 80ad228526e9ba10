/** Chargers that were refused, why, and the step that lets them in. */
import { Button, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { answer, api } from '../api/client.ts';
import { useMay } from '../api/use-session.ts';
import type { Texts } from '../texts/en.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { useNow } from '../ui/live.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { SteadyList, useSteady } from '../ui/steady.tsx';
import { Waiting } from '../ui/waiting.tsx';

type Refused = Schemas['UnknownChargePoint'];
const IDENTITY = /^[A-Za-z0-9_.-]{1,48}$/;

export const refusedQuery = {
  queryKey: ['refused'],
  queryFn: () => answer(api.GET('/api/v1/unknown-charge-points', { params: { query: { limit: 100 } } })),
  refetchInterval: 4_000, // no event tells of them
};

export const whyRefused = (reason: string, t: Texts): string => {
  const known: Readonly<Record<string, unknown>> = t.refusal;
  const text = known[reason];
  return typeof text === 'string' ? text : t.refusal.other(reason.replaceAll('_', ' '));
};

export default function UnknownChargePoints() {
  const t = useTexts();
  const { data, error, refetch } = useQuery(refusedQuery);
  return (
    <Page title={t.unknown.title} above={{ to: '/charge-points', title: t.chargePoints.title }}>
      <Text size="sm" c="dimmed" maw={680}>
        {t.unknown.hint}
      </Text>
      <ErrorNote cause={error} retry={() => void refetch()} />
      {data === undefined && error === null && <Waiting />}
      {data !== undefined && (
        <Card p={0} label={t.unknown.title}>
          {data.data.length === 0 ? (
            <Empty icon="check" title={t.unknown.emptyTitle} hint={t.unknown.empty} />
          ) : (
            <Rows refused={data.data} />
          )}
        </Card>
      )}
    </Page>
  );
}

function Rows({ refused }: { readonly refused: readonly Refused[] }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow(5_000);
  const mayWrite = useMay('write:charge_points');
  const { columns } = t.unknown;
  const steady = useSteady(refused.map((each) => ({ ...each, id: `${each.identity} ${each.reason}` })));
  return (
    <SteadyList steady={steady}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.identity}</Table.Th>
            <Table.Th>{columns.reason}</Table.Th>
            <Table.Th visibleFrom="md">{columns.from}</Table.Th>
            <Table.Th visibleFrom="sm">{columns.count}</Table.Th>
            <Table.Th visibleFrom="sm">{columns.seen}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {steady.rows.map((each) => (
            <Table.Tr key={each.id}>
              <Table.Td fw={600} style={{ overflowWrap: 'anywhere' }}>
                {each.identity}
                {(each.vendor !== '' || each.model !== '') && (
                  <Text size="xs" c="dimmed">
                    {each.vendor} {each.model}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{whyRefused(each.reason, t)}</Table.Td>
              <Table.Td visibleFrom="md" className="mono">
                {each.remote_address}
              </Table.Td>
              <Table.Td visibleFrom="sm" className="numbers">
                {format.count(each.count)}
              </Table.Td>
              <Table.Td visibleFrom="sm" className="numbers">
                {format.ago(each.last_seen_at, now)}
              </Table.Td>
              <Table.Td ta="right">
                {each.charge_point_id === null && mayWrite && IDENTITY.test(each.identity) && (
                  <Button
                    component={Link}
                    size="xs"
                    to={`/connect?identity=${encodeURIComponent(each.identity)}`}
                    aria-label={`${t.unknown.adopt}: ${each.identity}`}
                  >
                    {t.unknown.adopt}
                  </Button>
                )}
                {each.charge_point_id !== null && (
                  <Button
                    component={Link}
                    size="xs"
                    variant="default"
                    to={`/charge-points/${each.charge_point_id}`}
                    aria-label={`${t.unknown.open}: ${each.identity}`}
                  >
                    {t.unknown.open}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </SteadyList>
  );
}
