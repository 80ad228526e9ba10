/** Who may charge when: what is reserved, and the list of tokens that the charge point keeps itself. */
import { Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import type { ChargePoint } from '../../api/fleet.ts';
import { useMay } from '../../api/use-session.ts';
import { access } from '../../texts/access.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { RowAction } from '../../ui/row-action.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { LocalList } from './local-list.tsx';
import { usePlaces } from './places.ts';
import { ReserveForm } from './reserve-form.tsx';

type Reservation = Schemas['Reservation'];
const tones: Record<Reservation['status'], Tone> = {
  requested: 'busy',
  active: 'warn',
  used: 'ok',
  expired: 'off',
  cancelled: 'off',
  failed: 'bad',
};

export default function Access(props: {
  readonly chargePoint: ChargePoint;
  readonly sent: (commandId: string) => void;
}) {
  const { chargePoint, sent } = props;
  return (
    <Stack gap="lg">
      <Reservations chargePoint={chargePoint} sent={sent} />
      <LocalList chargePoint={chargePoint} />
    </Stack>
  );
}

function Reservations(props: { readonly chargePoint: ChargePoint; readonly sent: (commandId: string) => void }) {
  const { chargePoint, sent } = props;
  const t = useTexts();
  const w = useWords(access);
  const format = useFormat();
  const mayCommand = useMay('write:commands');
  const places = usePlaces(chargePoint);
  const [isAsking, { open, close }] = useDisclosure(false);
  const [question, setQuestion] = useState<Question>();
  const { id, connected } = chargePoint;
  const pages = usePages({
    queryKey: ['charge-point', id, 'reservations'],
    everyMs: 5_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/reservations', {
          params: { query: { charge_point_id: id, limit: 25, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
  });
  const askCancel = (each: Reservation): void =>
    setQuestion({
      title: w.cancelTitle(each.token),
      text: w.cancelText,
      yes: w.cancel,
      async do() {
        const command = await answer(
          api.POST('/api/v1/reservations/{id}/cancel', {
            params: { path: { id: each.id }, header: onlyOnce() },
            body: {},
          }),
        );
        sent(command.id);
      },
    });
  const columns: Column<Reservation>[] = [
    {
      name: w.columns.where,
      of: ({ connector_id: at }) =>
        at === 0 ? w.any : (places.find(({ value }) => value === String(at))?.label ?? t.chargePoint.connector(at)),
    },
    { name: w.columns.token, of: ({ token }) => <span className="mono">{token}</span> },
    {
      name: w.columns.state,
      of: ({ status, session_id: session }) => (
        <>
          <Status tone={tones[status]}>{w.status[status]}</Status>
          {session !== null && (
            <Text size="xs">
              <Link to={`/sessions/${session}`}>{w.session}</Link>
            </Text>
          )}
        </>
      ),
    },
    { name: w.columns.until, isNumber: true, of: ({ expires_at: at }) => format.dateTime(at) },
    { name: w.columns.reason, from: 'md', of: ({ reason }) => reason?.replaceAll('_', ' ') },
    {
      name: w.cancel,
      isAction: true,
      of: (each) =>
        mayCommand &&
        each.status === 'active' && (
          <RowAction
            name={w.cancel}
            label={w.cancelTitle(each.token)}
            isDisabled={!connected}
            act={() => askCancel(each)}
          />
        ),
    },
  ];
  return (
    <Section
      title={w.reservations}
      hint={w.reservationsHint}
      actions={
        mayCommand && (
          <Button
            onClick={open}
            disabled={!connected}
            leftSection={<Icon name="calendar" size={16} />}
            {...(!connected && { title: t.actions.offline })}
          >
            {w.reserve}
          </Button>
        )
      }
    >
      <ErrorNote cause={pages.error} />
      {pages.rows === undefined && pages.error === null && <Waiting />}
      {pages.rows !== undefined && (
        <Card p={0} label={w.reservations}>
          {pages.rows.length === 0 ? (
            <Empty icon="calendar" title={w.empty} hint={w.emptyHint} />
          ) : (
            <Rows rows={pages.rows} columns={columns} />
          )}
        </Card>
      )}
      <More pages={pages} />
      <ReserveForm
        chargePoint={chargePoint}
        isOpen={isAsking}
        close={close}
        done={(commandId) => {
          close();
          if (commandId !== null) sent(commandId);
          void pages.refetch(); // shown by the query itself
        }}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Section>
  );
}
