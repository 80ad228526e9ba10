/** Any OCPP request of the charger's version: a form made of its schema, or JSON; checked by the API before it is sent. */
import { Button, Checkbox, Group, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, onlyOnce } from '../../../api/client.ts';
import { faultsByField } from '../../../api/errors.ts';
import type { ChargePoint } from '../../../api/fleet.ts';
import { rawCommand } from '../../../texts/raw-command.ts';
import { useTexts } from '../../../texts/use-texts.ts';
import { useWords } from '../../../texts/words.ts';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Card, Empty, Section } from '../../../ui/page.tsx';
import { useParam } from '../../../ui/use-param.ts';
import { Waiting } from '../../../ui/waiting.tsx';
import { Fields } from './field.tsx';
import { emptyOf, nodeOf, type Schema } from './schema.ts';

type Payload = Readonly<Record<string, unknown>>;
type Needs = { readonly chargePoint: ChargePoint; readonly sent: (commandId: string) => void };

const schemasOf = (id: string, action: string | undefined) => ({
  queryKey: ['command-schemas', id, action ?? ''],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: () =>
    answer(
      api.GET('/api/v1/charge-points/{id}/command-schemas', {
        params: { path: { id }, query: action === undefined ? {} : { action } },
      }),
    ),
});

export default function RawCommand({ chargePoint, sent }: Needs) {
  const t = useTexts();
  const w = useWords(rawCommand);
  const [given, setAction] = useParam('action');
  const { data, error } = useQuery(schemasOf(chargePoint.id, undefined));
  if (data === undefined) return error === null ? <Waiting /> : <ErrorNote cause={error} />;
  if (data.protocol === null) {
    return (
      <Card>
        <Empty icon="terminal" title={w.unknown} />
      </Card>
    );
  }
  const action = data.actions.find((each) => each === given);
  return (
    <Section title={w.title} hint={w.hint(data.protocol.replace('ocpp', 'OCPP '))}>
      <Card label={w.title}>
        <Stack maw={720}>
          <Select
            label={w.action}
            placeholder={w.choose}
            data={data.actions}
            value={action ?? null}
            onChange={(value) => setAction(value ?? '')}
            searchable
            nothingFoundMessage={t.common.none}
            maw={420}
          />
          {action !== undefined && <Form key={action} chargePoint={chargePoint} action={action} sent={sent} />}
        </Stack>
      </Card>
    </Section>
  );
}

function Form(props: Needs & { readonly action: string }) {
  const { chargePoint, action } = props;
  const { data, error } = useQuery(schemasOf(chargePoint.id, action));
  if (data === undefined) return error === null ? <Waiting /> : <ErrorNote cause={error} />;
  return <Filled {...props} schema={data.schema ?? {}} example={data.example ?? {}} />;
}

const paths = (faults: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(faults).map(([field, message]) => [field.replace(/^payload\.?/, ''), message]));

function objectIn(text: string): Payload | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function Filled(props: Needs & { readonly action: string; readonly schema: Schema; readonly example: Payload }) {
  const { chargePoint, action, schema, example, sent } = props;
  const t = useTexts();
  const w = useWords(rawCommand);
  const [payload, setPayload] = useState<unknown>(() => emptyOf(schema, schema));
  /** JSON as it is being written; undefined: it is the form. */
  const [text, setText] = useState<string>();
  const [isPatient, setPatient] = useState(false);
  const { id, connected } = chargePoint;
  const wanted = text === undefined ? payload : objectIn(text);
  const send = useMutation({
    mutationFn: (body: Payload) =>
      answer(
        api.POST('/api/v1/charge-points/{id}/commands', {
          params: { path: { id }, query: isPatient ? { queue: true } : {}, header: onlyOnce() },
          body: { action, payload: { ...body } },
        }),
      ),
    onSuccess: (command) => sent(command.id),
  });
  const node = nodeOf(schema, schema);
  const fields = node.kind === 'object' ? node.fields : [];
  const faults = paths(faultsByField(send.error));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typeof wanted === 'object' && wanted !== null) send.mutate({ ...wanted });
      }}
      data-raw={action}
    >
      <Stack>
        <Group justify="space-between">
          <SegmentedControl
            aria-label={w.mode}
            size="xs"
            value={text === undefined ? 'form' : 'json'}
            onChange={(value) => {
              if (value === 'json') return setText(JSON.stringify(payload, undefined, 2));
              const parsed = text === undefined ? undefined : objectIn(text);
              if (parsed !== undefined) setPayload(parsed);
              setText(undefined);
            }}
            data={[
              { value: 'form', label: w.asForm },
              { value: 'json', label: w.asJson },
            ]}
          />
          <Button
            size="xs"
            variant="default"
            onClick={() => (text === undefined ? setPayload(example) : setText(JSON.stringify(example, undefined, 2)))}
          >
            {w.example}
          </Button>
        </Group>
        {text !== undefined && (
          <Textarea
            label={w.payload}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={wanted === undefined ? w.notJson : undefined}
            rows={14}
            classNames={{ input: 'mono' }}
            spellCheck={false}
          />
        )}
        {text === undefined && fields.length === 0 && (
          <Text size="sm" c="dimmed">
            {w.empty}
          </Text>
        )}
        {text === undefined && fields.length > 0 && (
          <Fields root={schema} fields={fields} value={payload} change={setPayload} faults={faults} path="" depth={0} />
        )}
        {!connected && (
          <Checkbox label={w.queue} checked={isPatient} onChange={(event) => setPatient(event.currentTarget.checked)} />
        )}
        <ErrorNote cause={send.error} />
        <Group>
          <Button
            type="submit"
            loading={send.isPending}
            disabled={wanted === undefined || (!connected && !isPatient)}
            {...(!connected && !isPatient && { title: t.actions.offline })}
          >
            {w.send}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
