/** The certificates that a charge point is known to hold, roots to install, and its requests for one of its own. */
import { Button, Group, Menu, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import type { ChargePoint } from '../../api/fleet.ts';
import { useMay } from '../../api/use-session.ts';
import { certificates } from '../../texts/certificates.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote, tell } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useNow } from '../../ui/live.tsx';
import { Card, Empty, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { InstallForm, rootTypes } from './install-form.tsx';

type Installed = Schemas['InstalledCertificate'];
type Request = Schemas['CertificateRequest'];
type Needs = { readonly chargePoint: ChargePoint; readonly sent: (commandId: string) => void };

const SOON_MS = 30 * 86_400_000;

export default function Certificates({ chargePoint, sent }: Needs) {
  const mayCommand = useMay('write:commands');
  const [question, setQuestion] = useState<Question>();
  const [isInstalling, { open, close }] = useDisclosure(false);
  const t = useTexts();
  const w = useWords(certificates);
  const { id, connected, protocol } = chargePoint;
  const isOld = protocol === null || protocol === 'ocpp1.6';
  const { data, error } = useQuery({
    queryKey: ['charge-point', id, 'certificates'],
    queryFn: () =>
      answer(
        api.GET('/api/v1/charge-points/{id}/certificates', { params: { path: { id }, query: { unlisted: true } } }),
      ),
    refetchInterval: 10_000,
  });
  const refresh = (type?: (typeof rootTypes)[number]): void =>
    void answer(
      api.POST('/api/v1/charge-points/{id}/certificates/refresh', {
        params: { path: { id }, header: onlyOnce() },
        body: { ...(type !== undefined && { type }) },
      }),
    ).then((command) => sent(command.id), tell(t));
  const askRemove = (each: Installed): void =>
    setQuestion({
      title: w.removeTitle(each.subject ?? each.serial_number),
      text: w.removeText,
      yes: w.remove,
      async do() {
        const command = await answer(
          api.DELETE('/api/v1/charge-points/{id}/certificates/{certificate_id}', {
            params: { path: { id, certificate_id: each.id } },
          }),
        );
        sent(command.id);
      },
    });
  const away = { disabled: !connected, ...(!connected && { title: t.actions.offline }) };
  return (
    <Stack gap="lg">
      <Section
        title={w.title}
        hint={w.hint}
        actions={
          mayCommand && (
            <>
              {isOld ? (
                <Menu position="bottom-end">
                  <Menu.Target>
                    <Button variant="default" rightSection={<Icon name="more" size={16} />} {...away}>
                      {w.refresh}
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Label>{w.refreshType}</Menu.Label>
                    {rootTypes.slice(0, 2).map((type) => (
                      <Menu.Item key={type} onClick={() => refresh(type)}>
                        {w.types[type]}
                      </Menu.Item>
                    ))}
                  </Menu.Dropdown>
                </Menu>
              ) : (
                <Button variant="default" onClick={() => refresh()} {...away}>
                  {w.refresh}
                </Button>
              )}
              <Button onClick={open} leftSection={<Icon name="certificate" size={16} />} {...away}>
                {w.install}
              </Button>
            </>
          )
        }
      >
        <ErrorNote cause={error} />
        {data === undefined && error === null && <Waiting />}
        {data !== undefined && (
          <Card p={0} label={w.title}>
            {data.data.length === 0 ? (
              <Empty icon="certificate" title={w.empty} hint={w.emptyHint} />
            ) : (
              <Held rows={data.data} remove={mayCommand && connected ? askRemove : undefined} />
            )}
          </Card>
        )}
      </Section>
      <Requests chargePointId={id} />
      <InstallForm
        chargePointId={id}
        isOld={isOld}
        isOpen={isInstalling}
        close={close}
        done={(commandId) => {
          close();
          sent(commandId);
        }}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Stack>
  );
}

function Held(props: {
  readonly rows: readonly Installed[];
  readonly remove: ((each: Installed) => void) | undefined;
}) {
  const { rows, remove } = props;
  const t = useTexts();
  const w = useWords(certificates);
  const columns: Column<Installed>[] = [
    {
      name: w.columns.subject,
      of: ({ subject, serial_number: serial, installed_at: installedAt, reported_at: reportedAt }) => (
        <>
          <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {subject ?? w.unnamed}
          </Text>
          {installedAt === null && reportedAt === null && <Status tone="warn">{w.unlisted}</Status>}
          <Text size="xs" c="dimmed" className="mono">
            {w.serial(serial)}
          </Text>
        </>
      ),
    },
    { name: w.columns.type, of: ({ type }) => w.types[type] },
    {
      name: w.columns.expires,
      isNumber: true,
      of: ({ expires_at: at }) => (at === null ? t.common.none : <Expiry at={at} />),
    },
    {
      name: w.remove,
      isAction: true,
      of: (each) =>
        remove !== undefined &&
        each.type !== 'charge_point' && (
          <Button
            size="xs"
            variant="default"
            onClick={() => remove(each)}
            aria-label={w.removeTitle(each.subject ?? each.serial_number)}
          >
            {w.remove}
          </Button>
        ),
    },
  ];
  return <Rows rows={rows} columns={columns} />;
}

function Expiry({ at }: { readonly at: string }) {
  const w = useWords(certificates);
  const format = useFormat();
  const left = new Date(at).getTime() - useNow(60_000);
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {left < 0 && <Status tone="bad">{w.expired}</Status>}
      {left >= 0 && left < SOON_MS && <Status tone="warn">{w.soon}</Status>}
      {format.dateTime(at)}
    </Group>
  );
}

const tones: Record<Request['status'], Tone> = {
  requested: 'busy',
  signed: 'busy',
  sent: 'busy',
  installed: 'ok',
  rejected: 'bad',
  failed: 'bad',
};

function Requests({ chargePointId }: { readonly chargePointId: string }) {
  const t = useTexts();
  const w = useWords(certificates);
  const format = useFormat();
  const pages = usePages({
    queryKey: ['charge-point', chargePointId, 'certificate-requests'],
    everyMs: 15_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/charge-points/{id}/certificate-requests', {
          params: { path: { id: chargePointId }, query: { limit: 25, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
  });
  const columns: Column<Request>[] = [
    { name: w.requestColumns.use, of: ({ use }) => w.uses[use] },
    {
      name: w.requestColumns.state,
      of: ({ status, error }) => (
        <>
          <Status tone={tones[status]}>{w.status[status]}</Status>
          {error !== null && (
            <Text size="xs" c="dimmed">
              {error.message}
            </Text>
          )}
        </>
      ),
    },
    { name: w.requestColumns.subject, from: 'md', of: ({ subject }) => subject ?? t.common.none },
    {
      name: w.columns.expires,
      from: 'sm',
      isNumber: true,
      of: (each) => each.expires_at !== null && format.dateTime(each.expires_at),
    },
    { name: w.requestColumns.when, isNumber: true, of: ({ created_at: at }) => format.dateTime(at) },
  ];
  if (pages.rows === undefined) return <ErrorNote cause={pages.error} />;
  return (
    <Section title={w.requests} hint={w.requestsHint}>
      <Card p={0} label={w.requests}>
        {pages.rows.length === 0 ? (
          <Text size="sm" c="dimmed" p="md">
            {w.noRequests}
          </Text>
        ) : (
          <Rows rows={pages.rows} columns={columns} />
        )}
      </Card>
      <More pages={pages} />
    </Section>
  );
}
