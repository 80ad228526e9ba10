/** Sessions in rows: the newest first, running ones with what they have by now. */
import { Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { useNow } from './live.tsx';
import { Status, type Tone } from './status.tsx';
import { SteadyList, useSteady } from './steady.tsx';

type Session = Schemas['Session'];
const tones: Record<Session['status'], Tone> = {
  active: 'busy',
  suspended_ev: 'busy',
  suspended_evse: 'warn',
  ended: 'off',
  closed_by_system: 'warn',
};

export const isRunning = ({ status }: Pick<Session, 'status'>): boolean =>
  status !== 'ended' && status !== 'closed_by_system';

export function SessionState({ session }: { readonly session: Session }) {
  const t = useTexts();
  return (
    <Status tone={tones[session.status]} hollow={!isRunning(session)}>
      {t.sessions.status[session.status]}
    </Status>
  );
}

export function SessionTable({
  sessions,
  isOfOne = false,
}: {
  readonly sessions: readonly Session[];
  readonly isOfOne?: boolean;
}) {
  const t = useTexts();
  const { columns } = t.sessions;
  const steady = useSteady(sessions);
  return (
    <SteadyList steady={steady}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.started}</Table.Th>
            {!isOfOne && <Table.Th>{columns.place}</Table.Th>}
            <Table.Th visibleFrom="md">{columns.token}</Table.Th>
            <Table.Th visibleFrom="sm">{columns.status}</Table.Th>
            <Table.Th visibleFrom="md" ta="right">
              {columns.duration}
            </Table.Th>
            <Table.Th ta="right">{columns.energy}</Table.Th>
            <Table.Th visibleFrom="sm" ta="right">
              {columns.cost}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {steady.rows.map((session) => (
            <Row key={session.id} session={session} isOfOne={isOfOne} />
          ))}
        </Table.Tbody>
      </Table>
    </SteadyList>
  );
}

function Row({ session, isOfOne }: { readonly session: Session; readonly isOfOne: boolean }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow(isRunning(session) ? 1_000 : 3_600_000);
  const {
    id,
    started_at,
    charge_point_identity,
    connector_id,
    token,
    duration_s,
    energy_wh,
    power_w,
    cost,
    free_of_charge,
  } = session;
  const seconds = isRunning(session) ? (now - new Date(started_at).getTime()) / 1000 : duration_s;
  return (
    <Table.Tr className="row" data-session={id}>
      <Table.Td className="numbers">
        <Link className="row-link" to={`/sessions/${id}`}>
          {format.dateTime(started_at)}
        </Link>
      </Table.Td>
      {!isOfOne && (
        <Table.Td>
          {charge_point_identity} · {connector_id}
        </Table.Td>
      )}
      <Table.Td visibleFrom="md" className="mono">
        {token ?? t.common.none}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <SessionState session={session} />
      </Table.Td>
      <Table.Td visibleFrom="md" ta="right" className="numbers">
        {format.duration(seconds)}
      </Table.Td>
      <Table.Td ta="right" className="numbers">
        {format.energy(energy_wh)}
        {isRunning(session) && power_w !== null && (
          <Text size="xs" c="dimmed">
            {format.power(power_w)}
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm" ta="right" className="numbers">
        {cost !== null ? (
          format.money(cost.total.incl_tax, cost.currency)
        ) : (
          <Text size="sm" c="dimmed" span>
            {free_of_charge ? t.sessions.free : t.sessions.noTariff}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
