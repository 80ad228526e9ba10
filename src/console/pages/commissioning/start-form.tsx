/** What is going to happen, what it needs to know, and the button that begins it. */
import { Alert, Button, Checkbox, List, NumberInput, Select, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { type ChargePoint, connectorsOf } from '../../api/fleet.ts';
import { commissioning } from '../../texts/commissioning.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card } from '../../ui/page.tsx';

const steps = ['connectivity', 'heartbeat', 'configuration', 'connectors', 'test_transaction'] as const;
const ALL = 'all';
const MOST_CONNECTORS = 128;

export function StartForm(props: {
  readonly chargePoint: ChargePoint;
  /** What was asked for the last time is offered again. */
  readonly last: Schemas['CommissioningRun'] | null;
  readonly started: () => void;
}) {
  const { chargePoint, last, started } = props;
  const w = useWords(commissioning);
  const { id, connected } = chargePoint;
  const known = connectorsOf(chargePoint).filter(({ connector_id }) => connector_id > 0).length;
  const [skipTest, setSkipTest] = useState(last?.skip_test_transaction ?? false);
  const [count, setCount] = useState<number | string>(last?.connectors?.length ?? (known > 0 ? known : ''));
  const [template, setTemplate] = useState(last?.template_id ?? ALL);
  const { data: templates } = useQuery({
    queryKey: ['configuration-templates', 'choice'],
    queryFn: () => answer(api.GET('/api/v1/configuration-templates', { params: { query: { limit: 100 } } })),
  });
  const begin = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/charge-points/{id}/commissioning', {
          params: { path: { id }, header: onlyOnce() },
          body: {
            skip_test_transaction: skipTest,
            ...(template !== ALL && { template_id: template }),
            ...(Number(count) > 0 && {
              connectors: Array.from({ length: Number(count) }, (_, at) => ({ connector_id: at + 1 })),
            }),
          },
        }),
      ),
    onSuccess: started,
  });
  return (
    <Card>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm">{w.intro}</Text>
          <List spacing="sm" listStyleType="none" center={false}>
            {steps.map((step, at) => (
              <List.Item
                key={step}
                icon={
                  <ThemeIcon variant="light" radius="xl" size="md" aria-hidden="true">
                    <Text size="xs" fw={700}>
                      {at + 1}
                    </Text>
                  </ThemeIcon>
                }
              >
                <Text size="sm" fw={600} td={step === 'test_transaction' && skipTest ? 'line-through' : 'none'}>
                  {w.what[step].name}
                </Text>
                <Text size="sm" c="dimmed">
                  {w.what[step].text}
                </Text>
              </List.Item>
            ))}
          </List>
          <Title order={2}>{w.options}</Title>
          <NumberInput
            label={w.expected}
            description={w.expectedHint}
            value={count}
            onChange={setCount}
            min={1}
            max={MOST_CONNECTORS}
            allowDecimal={false}
          />
          {templates !== undefined && templates.data.length > 0 && (
            <Select
              label={w.template}
              data={[
                { value: ALL, label: w.allTemplates },
                ...templates.data.map(({ id: value, name }) => ({ value, label: name })),
              ]}
              value={template}
              onChange={(value) => setTemplate(value ?? ALL)}
              allowDeselect={false}
            />
          )}
          <Checkbox
            label={w.skipTest}
            checked={skipTest}
            onChange={(event) => setSkipTest(event.currentTarget.checked)}
          />
          {!connected && (
            <Alert variant="default" c="var(--warn)" icon={<Icon name="warning" />} title={w.offlineHint}>
              {null}
            </Alert>
          )}
          <ErrorNote cause={begin.error} />
          <Button type="submit" size="md" loading={begin.isPending}>
            {w.start}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
