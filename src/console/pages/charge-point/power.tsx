/** What limits a charge point: the schedule it says itself, its profiles, and a limit set by hand. */
import { Box, Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import type { ChargePoint } from '../../api/fleet.ts';
import { useMay } from '../../api/use-session.ts';
import { power } from '../../texts/power.ts';
import { useFormat } from '../../texts/use-texts.ts';
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
import { LimitForm } from './limit-form.tsx';
import { usePlaces } from './places.ts';
import { Schedule } from './schedule.tsx';

type Profile = Schemas['ChargingProfile'];

export default function Power(props: {
  readonly chargePoint: ChargePoint;
  readonly sent: (commandId: string) => void;
}) {
  const { chargePoint, sent } = props;
  const mayCommand = useMay('write:commands');
  return (
    <Stack gap="lg">
      {mayCommand && <Schedule chargePoint={chargePoint} />}
      <Profiles chargePoint={chargePoint} sent={sent} />
    </Stack>
  );
}

const tones: Record<Profile['status'], Tone> = {
  pending: 'busy',
  active: 'ok',
  rejected: 'bad',
  failed: 'bad',
  superseded: 'off',
  cleared: 'off',
  ended: 'off',
  expired: 'off',
};

function Profiles(props: { readonly chargePoint: ChargePoint; readonly sent: (commandId: string) => void }) {
  const { chargePoint, sent } = props;
  const w = useWords(power);
  const format = useFormat();
  const places = usePlaces(chargePoint);
  const mayCommand = useMay('write:commands');
  const [isSetting, { open, close }] = useDisclosure(false);
  const [question, setQuestion] = useState<Question>();
  const { id, connected } = chargePoint;
  const pages = usePages({
    queryKey: ['charge-point', id, 'profiles'],
    everyMs: 5_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/charge-points/{id}/charging-profiles', {
          params: { path: { id }, query: { limit: 25, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
  });
  const askTakeBack = ({ profile_id }: Profile): void =>
    setQuestion({
      title: w.takeBackTitle(profile_id),
      text: w.takeBackText,
      yes: w.takeBack,
      async do() {
        const command = await answer(
          api.DELETE('/api/v1/charge-points/{id}/charging-profiles', {
            params: { path: { id }, query: { profile_id } },
          }),
        );
        sent(command.id);
        void pages.refetch(); // shown by the query itself
      },
    });
  const columns: Column<Profile>[] = [
    {
      name: w.columns.purpose,
      of: ({ purpose, profile_id: number, why, status }) => (
        <>
          <Text size="sm" fw={600}>
            {w.purposes[purpose]}
          </Text>
          <Text size="xs" c="dimmed">
            #{number}
            {status !== 'active' && why !== null && ` · ${why}`}
          </Text>
          <Box hiddenFrom="xs">
            <Status tone={tones[status]}>{w.status[status]}</Status>
          </Box>
        </>
      ),
    },
    {
      name: w.columns.where,
      from: 'md',
      of: ({ connector_id: at }) => places.find(({ value }) => value === String(at))?.label ?? at,
    },
    { name: w.columns.limits, of: ({ schedule }) => <Limits schedule={schedule} /> },
    {
      name: w.columns.state,
      from: 'xs',
      of: ({ status }) => <Status tone={tones[status]}>{w.status[status]}</Status>,
    },
    { name: w.columns.made, from: 'md', isNumber: true, of: ({ created_at: at }) => format.dateTime(at) },
    {
      name: w.takeBack,
      isAction: true,
      of: (each) =>
        mayCommand &&
        each.status === 'active' && (
          <RowAction
            name={w.takeBack}
            label={w.takeBackTitle(each.profile_id)}
            isDisabled={!connected}
            act={() => askTakeBack(each)}
          />
        ),
    },
  ];
  return (
    <Section
      title={w.profiles}
      actions={
        mayCommand && (
          <Button
            onClick={open}
            disabled={!connected}
            leftSection={<Icon name="gauge" size={16} />}
            {...(!connected && { title: w.offline })}
          >
            {w.setLimit}
          </Button>
        )
      }
    >
      <ErrorNote cause={pages.error} />
      {pages.rows === undefined && pages.error === null && <Waiting />}
      {pages.rows !== undefined && (
        <Card p={0} label={w.profiles}>
          {pages.rows.length === 0 ? (
            <Empty icon="gauge" title={w.empty} hint={w.emptyHint} />
          ) : (
            <Rows rows={pages.rows} columns={columns} />
          )}
        </Card>
      )}
      <More pages={pages} />
      <LimitForm
        chargePoint={chargePoint}
        isOpen={isSetting}
        close={close}
        done={(commandId) => {
          close();
          sent(commandId);
          void pages.refetch(); // shown by the query itself
        }}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Section>
  );
}

function Limits({ schedule }: { readonly schedule: Profile['schedule'] }) {
  const w = useWords(power);
  const format = useFormat();
  const limits = schedule.periods.flatMap(({ limit }) => (limit === null ? [] : [limit]));
  if (limits.length === 0) return <>{w.steps(schedule.periods.length)}</>;
  const [least, most] = [Math.min(...limits), Math.max(...limits)];
  const range = least === most ? format.decimal(most) : `${format.decimal(least)} – ${format.decimal(most)}`;
  return (
    <span className="numbers">
      {range} {schedule.unit}
      {schedule.periods.length > 1 && (
        <Text size="xs" c="dimmed">
          {w.steps(schedule.periods.length)}
        </Text>
      )}
    </span>
  );
}
