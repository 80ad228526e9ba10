/** What an endpoint has missed is sent to it afterwards: counted first, then followed until it is through. */
import { Alert, Button, Group, Loader, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { eventTexts } from '../../texts/events.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Form, instantOf, localInstant, useFields } from '../../ui/form.tsx';

const DAY_MS = 86_400_000;
const kinds = ['failed', 'missed'] as const;

export function Recover({ endpointId, close }: { readonly endpointId: string; readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(eventTexts);
  const [recoveryId, setRecoveryId] = useState<string>();
  const [fields, set] = useFields({
    since: localInstant(new Date(Date.now() - DAY_MS).toISOString()),
    kind: 'failed' as (typeof kinds)[number],
  });
  const ask = (dry_run: boolean) =>
    answer(
      api.POST('/api/v1/webhooks/endpoints/{endpoint_id}/recover', {
        params: { path: { endpoint_id: endpointId }, header: onlyOnce() },
        body: { since: instantOf(fields.since) ?? '', kind: fields.kind, dry_run },
      }),
    );
  const count = useMutation({ mutationFn: () => ask(true) });
  const go = useMutation({
    mutationFn: () => ask(false),
    onSuccess: (made) => {
      if ('id' in made) setRecoveryId(made.id);
    },
  });
  if (recoveryId !== undefined) return <Progress id={recoveryId} endpointId={endpointId} close={close} />;
  const counted = count.data !== undefined && 'dry_run' in count.data ? count.data : undefined;
  const faults = faultsByField(count.error ?? go.error);
  return (
    <Form
      save={counted === undefined ? count : go}
      yes={counted === undefined ? w.count : w.go}
      isReady={counted === undefined || counted.deliveries > 0}
      fields={['since']}
    >
      <Text size="sm">{w.recoverHint}</Text>
      <TextInput
        type="datetime-local"
        label={w.since}
        value={fields.since}
        onChange={(event) => {
          set({ since: event.currentTarget.value });
          count.reset();
        }}
        error={faults['since']}
        maw={280}
        required
        data-autofocus
      />
      <Radio.Group
        label={w.kind}
        value={fields.kind}
        onChange={(value) => {
          set({ kind: kinds.find((each) => each === value) ?? 'failed' });
          count.reset();
        }}
      >
        <Stack gap="xs" mt="xs">
          {kinds.map((kind) => (
            <Radio key={kind} value={kind} label={w.kinds[kind]} />
          ))}
        </Stack>
      </Radio.Group>
      {counted !== undefined && (
        <Alert
          variant="default"
          role="status"
          title={counted.deliveries === 0 ? w.none : w.counted(counted.deliveries, counted.looked)}
        >
          {!counted.is_complete && <Text size="sm">{w.more}</Text>}
        </Alert>
      )}
      {counted !== undefined && (
        <div>
          <Button variant="subtle" size="compact-sm" px={0} onClick={close}>
            {t.common.cancel}
          </Button>
        </div>
      )}
    </Form>
  );
}

function Progress(props: { readonly id: string; readonly endpointId: string; readonly close: () => void }) {
  const { id, endpointId, close } = props;
  const t = useTexts();
  const w = useWords(eventTexts);
  const queries = useQueryClient();
  const path = { recovery_id: id };
  const { data, error } = useQuery({
    queryKey: ['recovery', id],
    queryFn: () => answer(api.GET('/api/v1/webhooks/recoveries/{recovery_id}', { params: { path } })),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.status === 'running' ? 1_000 : false),
  });
  const stop = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/webhooks/recoveries/{recovery_id}/cancel', { params: { path, header: onlyOnce() } })),
    onSuccess: (stopped) => queries.setQueryData(['recovery', id], stopped),
  });
  const isRunning = data === undefined || data.status === 'running';
  return (
    <Stack>
      <ErrorNote cause={error ?? stop.error} />
      <Group gap="sm" role="status">
        {isRunning && <Loader size="sm" />}
        <Text size="sm">{data === undefined ? w.running(0) : w[data.status](data.created)}</Text>
      </Group>
      <Group justify="flex-end">
        {isRunning && (
          <Button variant="default" onClick={() => stop.mutate()} loading={stop.isPending}>
            {w.stop}
          </Button>
        )}
        <Button
          onClick={() => {
            void queries.invalidateQueries({ queryKey: ['deliveries', endpointId] }); // shown by the list
            close();
          }}
        >
          {t.app.close}
        </Button>
      </Group>
    </Stack>
  );
}
