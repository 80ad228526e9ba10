/** What a handover is about, and what is checked before it may be accepted. */
import { List, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { paths, Schemas } from '../../api/client.ts';
import { handoverTexts } from '../../texts/handovers.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Fact } from '../../ui/page.tsx';
import { Status, type Tone } from '../../ui/status.tsx';

type Check =
  paths['/api/v1/handovers/{id}/checklist']['get']['responses'][200]['content']['application/json']['checklist'][number];
const checkTones: Record<Check['status'], Tone> = { passed: 'ok', warning: 'warn', waiting: 'busy', blocked: 'bad' };

export function HandoverFacts({ handover }: { readonly handover: Schemas['Handover'] }) {
  const w = useWords(handoverTexts);
  const format = useFormat();
  const { charge_point_identity, vendor, model, mode, note, from_organization_id, expires_at, key_change, reason } =
    handover;
  return (
    <SimpleGrid component="dl" m={0} cols={{ base: 1, xs: 2 }}>
      <Fact name={w.point}>
        <strong>{charge_point_identity}</strong> {[vendor, model].filter(Boolean).join(' ')}
      </Fact>
      <Fact name={w.mode}>{w.modes[mode]}</Fact>
      <Fact name={w.sides.from}>
        <span className="mono">{from_organization_id}</span>
      </Fact>
      <Fact name={w.columns.until}>{format.dateTime(expires_at)}</Fact>
      {note !== null && <Fact name={w.note}>{note}</Fact>}
      {reason !== null && <Fact name={w.reason}>{reason.replaceAll('_', ' ')}</Fact>}
      {key_change !== null && <Fact name={w.keyChange}>{w.keyChanges[key_change]}</Fact>}
    </SimpleGrid>
  );
}

export function Checks({ checklist }: { readonly checklist: readonly Check[] }) {
  const w = useWords(handoverTexts);
  if (checklist.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={3}>{w.checks}</Title>
      <List listStyleType="none" spacing="xs" size="sm">
        {checklist.map(({ check, status, message }) => (
          <List.Item key={check}>
            <Status tone={checkTones[status]} hollow={status === 'waiting'}>
              {w.checkStatus[status]}
            </Status>
            <Text size="sm" c="dimmed">
              {message}
            </Text>
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}
