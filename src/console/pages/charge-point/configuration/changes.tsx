/** What was read or changed of the settings of a charge point, setting by setting, and how the one that was just asked for goes. */
import { Accordion, Alert, Group, List, Loader, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Schemas } from '../../../api/client.ts';
import { answer, api } from '../../../api/client.ts';
import { configuration } from '../../../texts/configuration.ts';
import { useFormat, useTexts } from '../../../texts/use-texts.ts';
import { useWords } from '../../../texts/words.ts';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { Card, Section } from '../../../ui/page.tsx';
import { More, usePages } from '../../../ui/pages-of.tsx';
import { Status, type Tone } from '../../../ui/status.tsx';
import { configurationKey } from './change.tsx';

type Change = Schemas['ConfigurationChange'];

const tones: Record<Change['status'], Tone> = { running: 'busy', completed: 'ok', failed: 'bad' };
/** It is done, and yet not as it was meant. */
const isTroubled = ({ results }: Change): boolean =>
  results.some(({ result, mismatch }) => mismatch || ['rejected', 'not_supported', 'failed'].includes(result));
const toneOf = (change: Change): Tone =>
  change.status === 'completed' && isTroubled(change) ? 'warn' : tones[change.status];

/** Of a reading of everything, that all were read says nothing. */
const MOST_SHOWN = 20;

export function ChangeOutcome(props: {
  readonly id: string;
  readonly chargePointId: string;
  readonly close: () => void;
}) {
  const { id, chargePointId, close } = props;
  const t = useTexts();
  const w = useWords(configuration);
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['configuration-change', id],
    queryFn: () => answer(api.GET('/api/v1/configuration-changes/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.status === 'running' ? 1_000 : false),
  });
  const status = data?.status;
  useEffect(() => {
    if (status === undefined || status === 'running') return;
    for (const queryKey of [
      configurationKey(chargePointId),
      ['configuration-changes', chargePointId],
      ['variables', chargePointId],
    ])
      void queries.invalidateQueries({ queryKey }); // shown by the queries
  }, [status, queries, chargePointId]);
  if (data === undefined) return null;
  const tone = toneOf(data);
  return (
    <Alert
      variant="default"
      c={`var(--${tone})`}
      icon={data.status === 'running' ? <Loader size={16} /> : <Icon name={tone === 'ok' ? 'check' : 'warning'} />}
      title={`${w.kinds[data.kind]}: ${w.status[data.status]}`}
      withCloseButton
      onClose={close}
      closeButtonLabel={t.app.close}
      role="status"
      data-change={data.status}
    >
      <Results change={data} />
    </Alert>
  );
}

function Results({ change }: { readonly change: Change }) {
  const w = useWords(configuration);
  const { results, error, rebooted } = change;
  const telling = change.kind === 'read' ? results.filter(({ result }) => result !== 'accepted') : results;
  return (
    <>
      {error !== null && <Text size="sm">{error}</Text>}
      <List size="sm" listStyleType="none">
        {telling.slice(0, MOST_SHOWN).map((each) => (
          <List.Item key={each.key} style={{ overflowWrap: 'anywhere' }}>
            <strong>{each.key}</strong> {each.value !== null && <span className="mono">{each.value} </span>}
            {each.mismatch ? w.mismatch(each.read_back ?? '–') : w.results[each.result]}
            {each.error !== null && ` (${each.error})`}
          </List.Item>
        ))}
      </List>
      {rebooted && <Text size="sm">{w.rebooted}</Text>}
    </>
  );
}

export function Changes({ chargePointId }: { readonly chargePointId: string }) {
  const w = useWords(configuration);
  const format = useFormat();
  const pages = usePages({
    queryKey: ['configuration-changes', chargePointId],
    everyMs: 15_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/charge-points/{id}/configuration/changes', {
          params: { path: { id: chargePointId }, query: { limit: 10, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
  });
  if (pages.rows === undefined) return <ErrorNote cause={pages.error} />;
  return (
    <Section title={w.history}>
      <Card p={0} label={w.history}>
        {pages.rows.length === 0 && (
          <Text size="sm" c="dimmed" p="md">
            {w.noHistory}
          </Text>
        )}
        <Accordion chevronPosition="left" multiple order={3}>
          {pages.rows.map((change) => (
            <Accordion.Item key={change.id} value={change.id}>
              <Accordion.Control py={4}>
                <Group gap="sm">
                  <Text size="xs" c="dimmed" className="numbers">
                    {format.dateTime(change.created_at)}
                  </Text>
                  <Text size="sm" fw={600}>
                    {w.kinds[change.kind]}
                  </Text>
                  <Status tone={toneOf(change)}>{w.status[change.status]}</Status>
                  <Text size="sm" c="dimmed" truncate maw={420}>
                    {change.kind === 'read'
                      ? ''
                      : change.results
                          .slice(0, 3)
                          .map(({ key }) => key)
                          .join(', ')}
                  </Text>
                </Group>
              </Accordion.Control>
              <Accordion.Panel>
                <Results change={change} />
                <Text size="xs" c="dimmed" className="mono">
                  {change.requested_by}
                </Text>
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      </Card>
      <More pages={pages} />
    </Section>
  );
}
