/** The firmware of a charge point: what it runs, an update with its course, and those before. */
import { Button, Group, Modal, SimpleGrid, Stack, Text, Timeline } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done, onlyOnce } from '../../api/client.ts';
import { type ChargePoint, nameOf } from '../../api/fleet.ts';
import { useMay } from '../../api/use-session.ts';
import { firmware } from '../../texts/firmware.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { FirmwareState, hasEnded } from '../../ui/firmware-state.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty, Fact, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { UpdateForm } from './firmware-form.tsx';

type Update = Schemas['FirmwareUpdate'];

export default function Firmware({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const t = useTexts();
  const w = useWords(firmware);
  const format = useFormat();
  const mayCommand = useMay('write:commands');
  const [isAsking, { open, close }] = useDisclosure(false);
  const { id, firmware_version: version, firmware_status: said, firmware_status_at: saidAt } = chargePoint;
  const pages = usePages({
    queryKey: ['charge-point', id, 'firmware'],
    everyMs: 3_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/charge-points/{id}/firmware-updates', {
          params: { path: { id }, query: { limit: 25, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
  });
  const rows = pages.rows;
  const open_ = rows?.find((each) => !hasEnded(each));
  return (
    <Stack gap="lg">
      <Card>
        <Group justify="space-between" align="flex-end">
          <SimpleGrid component="dl" m={0} cols={{ base: 1, sm: 2 }} spacing="xl">
            <Fact name={w.now}>
              <strong>{version ?? t.common.none}</strong>
            </Fact>
            {said !== null && (
              <Fact name={w.reported}>
                {said}
                {saidAt !== null && ` · ${format.dateTime(saidAt)}`}
              </Fact>
            )}
          </SimpleGrid>
          {mayCommand && (
            <Button onClick={open} disabled={open_ !== undefined} leftSection={<Icon name="upload" size={16} />}>
              {w.start}
            </Button>
          )}
        </Group>
      </Card>
      {open_ !== undefined && <Current update={open_} />}
      <ErrorNote cause={pages.error} />
      {rows === undefined && pages.error === null && <Waiting />}
      {rows !== undefined && <Past rows={rows} />}
      <More pages={pages} />
      <Modal
        opened={isAsking}
        onClose={close}
        title={w.startTitle(nameOf(chargePoint))}
        centered
        closeButtonProps={{ 'aria-label': t.app.close }}
      >
        <UpdateForm
          chargePoint={chargePoint}
          close={close}
          started={() => {
            close();
            void pages.refetch(); // shown by the query itself
          }}
        />
      </Modal>
    </Stack>
  );
}

function Current({ update }: { readonly update: Update }) {
  const w = useWords(firmware);
  const format = useFormat();
  const mayCommand = useMay('write:commands');
  const [question, setQuestion] = useState<Question>();
  const { id, status, target_version: version, history, attempts, max_attempts: most, error, rollout_id } = update;
  const ask = (): void =>
    setQuestion({
      title: w.cancelTitle(version),
      text: w.cancelText,
      yes: w.cancel,
      do: () =>
        done(api.POST('/api/v1/firmware-updates/{id}/cancel', { params: { path: { id }, header: onlyOnce() } })),
    });
  return (
    <Card label={w.history}>
      <Group justify="space-between" mb="md">
        <Group gap="md">
          <Text fw={600}>{version}</Text>
          <FirmwareState status={status} />
          <Text size="sm" c="dimmed">
            {w.attempts(attempts, most)}
          </Text>
          {rollout_id !== null && (
            <Button component={Link} to={`/rollouts/${rollout_id}`} size="compact-xs" variant="default">
              {w.ofRollout}
            </Button>
          )}
        </Group>
        {status === 'scheduled' && mayCommand && (
          <Button size="xs" variant="default" onClick={ask}>
            {w.cancel}
          </Button>
        )}
      </Group>
      {error !== null && (
        <Text size="sm" c="var(--bad)" mb="sm">
          {error.message}
        </Text>
      )}
      <Timeline active={history.length} bulletSize={12} lineWidth={2}>
        {history.map((each) => (
          <Timeline.Item key={`${each.status} ${each.at}`}>
            <Group gap="sm">
              <FirmwareState status={each.status} />
              <Text size="xs" c="dimmed" className="numbers">
                {format.exact(each.at)}
              </Text>
              {each.said !== undefined && (
                <Text size="xs" c="dimmed">
                  {each.said}
                </Text>
              )}
            </Group>
          </Timeline.Item>
        ))}
      </Timeline>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Card>
  );
}

function Past({ rows }: { readonly rows: readonly Update[] }) {
  const w = useWords(firmware);
  const format = useFormat();
  const columns: Column<Update>[] = [
    {
      name: w.columns.version,
      of: ({ from_version: from, target_version: to }) => (
        <>
          {from !== null && `${from} → `}
          <strong>{to}</strong>
        </>
      ),
    },
    {
      name: w.columns.state,
      of: ({ status, verified, error }) => (
        <>
          <FirmwareState status={status} />
          {status === 'installed' && (
            <Text size="xs" c="dimmed">
              {verified === true ? w.proven : w.unproven}
            </Text>
          )}
          {error !== null && (
            <Text size="xs" c="dimmed" hiddenFrom="md">
              {error.message}
            </Text>
          )}
        </>
      ),
    },
    { name: w.columns.reason, from: 'md', of: ({ error }) => <Text size="sm">{error?.message}</Text> },
    {
      name: w.columns.attempts,
      from: 'md',
      isNumber: true,
      of: ({ attempts, max_attempts: most }) => w.attempts(attempts, most),
    },
    { name: w.columns.when, from: 'sm', isNumber: true, of: ({ created_at: at }) => format.dateTime(at) },
  ];
  return (
    <Section title={w.history}>
      <Card p={0} label={w.title}>
        {rows.length === 0 ? (
          <Empty icon="upload" title={w.empty} hint={w.emptyHint} />
        ) : (
          <Rows rows={rows} columns={columns} />
        )}
      </Card>
    </Section>
  );
}
