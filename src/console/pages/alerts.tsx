/** What a person should look at: what is wrong, what to do about it, and who has it in hand. */
import {
  Badge,
  Button,
  Drawer,
  Group,
  List,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  Title,
  UnstyledButton,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { answer, api, onlyOnce } from '../api/client.ts';
import { useMay } from '../api/use-session.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { Confirm, type Question } from '../ui/confirm.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { useNow } from '../ui/live.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages-of.tsx';
import { Status, type Tone } from '../ui/status.tsx';
import { SteadyList, useSteady } from '../ui/steady.tsx';
import { useGo } from '../ui/use-go.ts';
import { Waiting } from '../ui/waiting.tsx';

type Alert = Schemas['Alert'];
const OPEN = 'triggered,acknowledged';
const tones: Record<Alert['severity'], Tone> = { info: 'off', warning: 'warn', critical: 'bad' };
const isOpen = ({ status }: Alert): boolean => status === 'triggered' || status === 'acknowledged';

export const openAlertsQuery = {
  queryKey: ['alerts', 'open'],
  queryFn: () => answer(api.GET('/api/v1/alerts', { params: { query: { status: OPEN, limit: 20 } } })),
};

export default function Alerts() {
  const t = useTexts();
  const { id } = useParams();
  const navigate = useGo();
  const [search, setSearch] = useSearchParams();
  const isAll = search.get('show') === 'all';
  const back = `/alerts${isAll ? '?show=all' : ''}`;
  return (
    <Page
      title={t.alerts.title}
      actions={
        <>
          <SegmentedControl
            aria-label={t.alerts.title}
            value={isAll ? 'all' : 'open'}
            onChange={(value) => setSearch(value === 'all' ? { show: 'all' } : {}, { replace: true })}
            data={[
              { value: 'open', label: t.alerts.open },
              { value: 'all', label: t.alerts.all },
            ]}
          />
          <Button component={Link} to="/alerts/rules" variant="default">
            {t.alerts.rules}
          </Button>
        </>
      }
    >
      <Rows key={String(isAll)} isAll={isAll} />
      <Drawer
        opened={id !== undefined}
        onClose={() => navigate(back)}
        position="right"
        size="lg"
        title={t.alerts.title}
        closeButtonProps={{ 'aria-label': t.app.close }}
      >
        {id !== undefined && <One key={id} id={id} />}
      </Drawer>
    </Page>
  );
}

function Rows({ isAll }: { readonly isAll: boolean }) {
  const t = useTexts();
  const pages = usePages({
    queryKey: ['alerts', 'list', isAll],
    everyMs: 15_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/alerts', {
          params: { query: { status: isAll ? `${OPEN},resolved` : OPEN, limit: 50, cursor } },
        }),
      ),
  });
  const steady = useSteady(pages.rows ?? []);
  if (pages.rows === undefined) return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} />;
  if (pages.rows.length === 0) {
    return (
      <Card>
        {isAll ? (
          <Empty icon="check" title={t.alerts.empty} hint={t.alerts.emptyOpenHint} />
        ) : (
          <Empty icon="check" title={t.alerts.emptyOpen} hint={t.alerts.emptyOpenHint} />
        )}
      </Card>
    );
  }
  return (
    <Stack>
      <Card p={0} label={t.alerts.title}>
        <SteadyList steady={steady}>
          {steady.rows.map((alert) => (
            <AlertLine key={alert.id} alert={alert} search={isAll ? '?show=all' : ''} />
          ))}
        </SteadyList>
      </Card>
      <More pages={pages} />
    </Stack>
  );
}

/** Whose it is, and which connector of it. */
function placeOf({ charge_point_identity: identity, connector_id }: Alert): string | undefined {
  if (identity === null) return undefined;
  return connector_id === 0 ? identity : `${identity} · ${connector_id}`;
}

export function AlertLine({ alert, search = '' }: { readonly alert: Alert; readonly search?: string }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow(15_000);
  const where = placeOf(alert);
  return (
    <UnstyledButton
      component={Link}
      to={`/alerts/${alert.id}${search}`}
      className="alert-line"
      px="lg"
      py="sm"
      w="100%"
    >
      <Group justify="space-between" wrap="nowrap" gap="md">
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={600} component="span">
            <Status tone={isOpen(alert) ? tones[alert.severity] : 'off'} hollow={!isOpen(alert)}>
              {alert.title}
            </Status>
          </Text>
          <Text size="sm" c="dimmed" lineClamp={1}>
            {where !== undefined && (
              <Text span c="var(--mantine-color-text)">
                {where}
                {' · '}
              </Text>
            )}
            {format.sentence(alert.reason)}
          </Text>
        </div>
        <Stack gap={2} align="flex-end" style={{ flex: 'none' }}>
          <Badge>{t.alerts.status[alert.status]}</Badge>
          <Text size="xs" c="dimmed" className="numbers">
            {format.ago(alert.triggered_at ?? alert.created_at, now)}
          </Text>
        </Stack>
      </Group>
    </UnstyledButton>
  );
}

function One({ id }: { readonly id: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['alert', id],
    queryFn: () => answer(api.GET('/api/v1/alerts/{id}', { params: { path: { id } } })),
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  return <Shown alert={data} />;
}

function Shown({ alert }: { readonly alert: Schemas['AlertDetail'] }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow(5_000);
  const queries = useQueryClient();
  const mayAct = useMay('write:charge_points');
  const where = placeOf(alert);
  const [question, setQuestion] = useState<Question>();
  const [comment, setComment] = useState('');
  const params = () => ({ path: { id: alert.id }, header: onlyOnce() });
  const changed = (): Promise<unknown> =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['alerts'] }),
      queries.invalidateQueries({ queryKey: ['alert', alert.id] }),
    ]);
  const acknowledge = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/alerts/{id}/acknowledge', { params: params(), body: {} })),
    onSuccess: changed,
  });
  const add = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/alerts/{id}/comments', { params: params(), body: { text: comment.trim() } })),
    onSuccess: async () => {
      setComment('');
      await changed();
    },
  });
  const askResolve = (): void =>
    setQuestion({
      title: t.alerts.resolveTitle(alert.title),
      text: t.alerts.resolveText,
      yes: t.alerts.resolve,
      isHarmful: false,
      async do() {
        await answer(api.POST('/api/v1/alerts/{id}/resolve', { params: params(), body: {} }));
        await changed();
      },
    });
  return (
    <Stack>
      <div>
        <Status tone={isOpen(alert) ? tones[alert.severity] : 'off'} hollow={!isOpen(alert)}>
          {t.alerts.severity[alert.severity]} · {t.alerts.status[alert.status]}
        </Status>
        <Title order={2} mt={4}>
          {alert.title}
        </Title>
        <Text size="sm">{format.sentence(alert.reason)}</Text>
        <Text size="sm" c="dimmed">
          {where !== undefined && `${where} · `}
          {t.alerts.since} {format.dateTime(alert.since)} ({format.ago(alert.since, now)})
          {alert.occurrences > 1 && ` · ${t.alerts.times(alert.occurrences)}`}
        </Text>
      </div>
      {alert.remedy !== null && (
        <Card p="md" label={t.alerts.remedy}>
          <Text size="sm" fw={600}>
            {t.alerts.remedy}
          </Text>
          <Text size="sm">{alert.remedy}</Text>
        </Card>
      )}
      <Group>
        {mayAct && alert.status === 'triggered' && (
          <Button onClick={() => acknowledge.mutate()} loading={acknowledge.isPending}>
            {t.alerts.acknowledge}
          </Button>
        )}
        {mayAct && isOpen(alert) && (
          <Button variant="default" onClick={askResolve}>
            {t.alerts.resolve}
          </Button>
        )}
        {alert.charge_point_id !== null && (
          <Button component={Link} to={`/charge-points/${alert.charge_point_id}`} variant="default">
            {t.alerts.chargePoint}
          </Button>
        )}
      </Group>
      <ErrorNote cause={acknowledge.error} />
      <Title order={3}>{t.alerts.history}</Title>
      {alert.comments.length > 0 && (
        <List size="sm" spacing="xs">
          {alert.comments.map(({ id, kind, author, text, created_at }) => (
            <List.Item key={id}>
              {text ?? t.alerts.commentKind[kind]}
              <Text size="xs" c="dimmed">
                {t.alerts.by(t.alerts.commentKind[kind], author)} · {format.dateTime(created_at)}
              </Text>
            </List.Item>
          ))}
        </List>
      )}
      {mayAct && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <Stack gap="xs" align="flex-start">
            <Textarea
              label={t.alerts.comment}
              value={comment}
              onChange={(event) => setComment(event.currentTarget.value)}
              autosize
              minRows={2}
              w="100%"
            />
            <ErrorNote cause={add.error} />
            <Button type="submit" variant="default" size="xs" disabled={comment.trim() === ''} loading={add.isPending}>
              {t.alerts.addComment}
            </Button>
          </Stack>
        </form>
      )}
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Stack>
  );
}
