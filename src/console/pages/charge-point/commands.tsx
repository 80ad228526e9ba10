/** What this charge point was asked for, by whom, and what became of it. */
import { Accordion, Button, Code, Group, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import type { ChargePoint } from '../../api/fleet.ts';
import { rawCommand } from '../../texts/raw-command.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { useParam } from '../../ui/use-param.ts';
import { Waiting } from '../../ui/waiting.tsx';

type Command = Schemas['Command'];
const tones: Record<Command['status'], Tone> = {
  queued: 'busy',
  sent: 'busy',
  accepted: 'ok',
  rejected: 'bad',
  failed: 'bad',
  timed_out: 'warn',
  cancelled: 'off',
};

const RawCommand = lazy(() => import('./raw/raw-command.tsx'));

export default function Commands(props: {
  readonly chargePoint: ChargePoint;
  readonly sent: (commandId: string) => void;
}) {
  const { chargePoint, sent } = props;
  const { id: chargePointId } = chargePoint;
  const t = useTexts();
  const w = useWords(rawCommand);
  const [asked, setAsked] = useParam('new');
  const pages = usePages({
    queryKey: ['commands', chargePointId],
    everyMs: 5_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/charge-points/{id}/commands', {
          params: { path: { id: chargePointId }, query: { limit: 25, cursor } },
        }),
      ),
  });
  if (pages.rows === undefined) return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} />;
  return (
    <Stack>
      {asked === '' ? (
        <Group justify="flex-end">
          <Button variant="default" leftSection={<Icon name="terminal" size={16} />} onClick={() => setAsked('1')}>
            {w.open}
          </Button>
        </Group>
      ) : (
        <Suspense fallback={<Waiting />}>
          <RawCommand chargePoint={chargePoint} sent={sent} />
        </Suspense>
      )}
      <Card p={0} label={t.chargePoint.tabs.commands}>
        {pages.rows.length === 0 ? (
          <Empty icon="send" title={t.command.empty} hint={t.command.emptyHint} />
        ) : (
          <Accordion chevronPosition="left">
            {pages.rows.map((command) => (
              <One key={command.id} command={command} />
            ))}
          </Accordion>
        )}
      </Card>
      <More pages={pages} />
    </Stack>
  );
}

function One({ command }: { readonly command: Command }) {
  const t = useTexts();
  const format = useFormat();
  const { id, action, status, created_at, requested_by, payload, result, error } = command;
  return (
    <Accordion.Item value={id}>
      <Accordion.Control>
        <Group justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm" fw={600} truncate>
            {action}
          </Text>
          <Group gap="lg" wrap="nowrap">
            <Text size="sm" component="span">
              <Status tone={tones[status]}>{t.command.status[status]}</Status>
            </Text>
            <Text size="sm" c="dimmed" className="numbers" visibleFrom="sm">
              {format.exact(created_at)}
            </Text>
          </Group>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="xs">
          {error !== null && <Text size="sm">{error.message}</Text>}
          <Text size="xs" c="dimmed">
            {t.command.by} {requested_by} · {format.exact(created_at)}
          </Text>
          <Code block tabIndex={0}>
            {JSON.stringify(payload, undefined, 2)}
          </Code>
          {result !== null && (
            <>
              <Text size="sm">{t.command.answer}</Text>
              <Code block tabIndex={0}>
                {JSON.stringify(result, undefined, 2)}
              </Code>
            </>
          )}
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
}
