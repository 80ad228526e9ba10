/** A run as it goes: each step with what it found, the fault with its remedy, and the report at the end. */
import { Alert, Button, Code, Group, Stack, Text, Timeline, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { type ChargePoint, nameOf } from '../../api/fleet.ts';
import { useMay } from '../../api/use-session.ts';
import type { Format } from '../../format.ts';
import { commissioning } from '../../texts/commissioning.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { tell } from '../../ui/error-note.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { useNow } from '../../ui/live.tsx';
import { Card } from '../../ui/page.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { Status, type Tone } from '../../ui/status.tsx';

type RunOf = Schemas['CommissioningRun'];
type Step = RunOf['steps'][number];
const tones: Record<Step['status'], Tone> = {
  pending: 'off',
  running: 'busy',
  passed: 'ok',
  failed: 'bad',
  skipped: 'off',
};
const icons: Record<Step['status'], IconName> = {
  pending: 'clock',
  running: 'refresh',
  passed: 'check',
  failed: 'fault',
  skipped: 'next',
};

export function Run(props: { readonly chargePoint: ChargePoint; readonly run: RunOf; readonly again: () => void }) {
  const { chargePoint, run, again } = props;
  const w = useWords(commissioning);
  const { steps } = run;
  return (
    <>
      <Outcome chargePoint={chargePoint} run={run} again={again} />
      <Card label={w.reportTitle}>
        <Timeline
          active={steps.filter(({ status }) => status !== 'pending').length - 1}
          bulletSize={26}
          lineWidth={2}
          aria-live="polite"
        >
          {steps.map((step) => (
            <Timeline.Item
              key={step.name}
              bullet={<Icon name={icons[step.status]} size={14} />}
              color={`var(--${tones[step.status]})`}
              title={w.what[step.name].name}
              data-step={`${step.name} ${step.status}`}
            >
              <StepLine step={step} />
            </Timeline.Item>
          ))}
        </Timeline>
      </Card>
    </>
  );
}

function StepLine({ step }: { readonly step: Step }) {
  const w = useWords(commissioning);
  const format = useFormat();
  const now = useNow(step.status === 'running' ? 1_000 : 60_000);
  const { name, status, started_at: from, ended_at: to, detail } = step;
  const seconds =
    from === null ? undefined : ((to === null ? now : new Date(to).getTime()) - new Date(from).getTime()) / 1000;
  const found = status === 'skipped' ? [] : factsIn(detail, format);
  return (
    <Stack gap={2}>
      <Group gap="sm">
        <Status tone={tones[status]}>{w.status[status]}</Status>
        {seconds !== undefined && status !== 'skipped' && (
          <Text size="xs" c="dimmed" className="numbers">
            {format.duration(seconds)}
          </Text>
        )}
      </Group>
      {status === 'running' && <Text size="sm">{name === 'test_transaction' ? w.plugIn : w.what[name].text}</Text>}
      {found.length > 0 && status !== 'running' && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {found.join(' · ')}
        </Text>
      )}
    </Stack>
  );
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** In the words of the API; ids say nothing to whoever stands before a charger. */
function factsIn(detail: Step['detail'], format: Format): string[] {
  return Object.entries(detail).flatMap(([key, value]) => {
    if (key.endsWith('_id') || !['string', 'number', 'boolean'].includes(typeof value)) return [];
    const text = String(value);
    return [`${key.replaceAll('_', ' ')}: ${INSTANT.test(text) ? format.time(text) : text}`];
  });
}

function Outcome(props: { readonly chargePoint: ChargePoint; readonly run: RunOf; readonly again: () => void }) {
  const { chargePoint, run, again } = props;
  const t = useTexts();
  const w = useWords(commissioning);
  const format = useFormat();
  const queries = useQueryClient();
  const mayCommand = useMay('write:commands');
  const [question, setQuestion] = useState<Question>();
  const { id } = chargePoint;
  const cancel = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/charge-points/{id}/commissioning/cancel', {
          params: { path: { id }, header: onlyOnce() },
          body: {},
        }),
      ),
    onSuccess: (ended) => queries.setQueryData(['charge-point', id, 'commissioning'], ended),
  });
  const askCancel = (): void =>
    setQuestion({
      title: w.cancelTitle,
      text: w.cancelText,
      yes: w.cancel,
      async do() {
        await cancel.mutateAsync();
      },
    });
  if (run.status === 'running') {
    return (
      <>
        <Card>
          <Group justify="space-between">
            <div role="status">
              <Title order={2}>{w.running(nameOf(chargePoint))}</Title>
              <Text size="sm" c="dimmed">
                {w.until(format.time(run.deadline_at))}
              </Text>
            </div>
            {mayCommand && (
              <Button variant="default" onClick={askCancel}>
                {w.cancel}
              </Button>
            )}
          </Group>
        </Card>
        <Confirm question={question} close={() => setQuestion(undefined)} />
      </>
    );
  }
  const isDone = run.status === 'commissioned';
  const { failure } = run;
  const title = isDone
    ? w.commissioned(nameOf(chargePoint))
    : failure === null || run.status === 'cancelled'
      ? w.cancelled
      : w.failed(w.what[failure.step].name);
  return (
    <Alert
      variant="default"
      c={isDone ? 'var(--ok)' : 'var(--bad)'}
      icon={<Icon name={isDone ? 'check' : 'fault'} />}
      title={title}
      role="status"
      data-run={run.status}
    >
      <Stack gap="sm">
        {isDone && <Text size="sm">{w.commissionedHint}</Text>}
        {failure !== null && run.status === 'failed' && (
          <>
            <Text size="sm">{failure.message}</Text>
            <div>
              <Text size="sm" fw={600}>
                {w.remedy}
              </Text>
              <Text size="sm">
                {failure.remedy}. {!failure.retryable && w.notRetryable}
              </Text>
            </div>
            {failure.ocpp_response !== null && (
              <Text size="xs">
                {w.answered}: <Code>{JSON.stringify(failure.ocpp_response)}</Code>
              </Text>
            )}
          </>
        )}
        <Group gap="xs">
          <Button
            variant="default"
            leftSection={<Icon name="receipt" size={16} />}
            onClick={() =>
              void saveFile(
                `/api/v1/commissioning-runs/${run.id}/report.pdf`,
                `commissioning-${chargePoint.identity}.pdf`,
              ).catch(tell(t))
            }
          >
            {w.report}
          </Button>
          {!isDone && mayCommand && <Button onClick={again}>{w.again}</Button>}
          {isDone && (
            <Button component={Link} to={`/charge-points/${id}`} variant="default">
              {w.toChargePoint}
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
