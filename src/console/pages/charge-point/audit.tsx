/** Who asked what of a charge point over the API, and what was refused: for owners and admins. */
import { Accordion, Group, Stack, Text } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { audit } from '../../texts/audit.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';

type Entry = Schemas['AuditEntry'];
const tones: Record<Entry['outcome'], Tone> = { done: 'ok', failed: 'bad', refused: 'warn', unknown: 'off' };

export default function Audit({ chargePointId }: { readonly chargePointId: string }) {
  const t = useTexts();
  const w = useWords(audit);
  const pages = usePages({
    queryKey: ['audit', chargePointId],
    everyMs: 15_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/audit', {
          params: { query: { target_id: chargePointId, limit: 25, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
  });
  if (pages.rows === undefined) return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} />;
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={680}>
        {w.hint}
      </Text>
      <Card p={0} label={t.chargePoint.tabs.audit}>
        {pages.rows.length === 0 ? (
          <Empty icon="list" title={w.empty} />
        ) : (
          <Accordion chevronPosition="left" multiple order={2}>
            {pages.rows.map((entry) => (
              <One key={entry.position} entry={entry} />
            ))}
          </Accordion>
        )}
      </Card>
      <More pages={pages} />
    </Stack>
  );
}

function One({ entry }: { readonly entry: Entry }) {
  const w = useWords(audit);
  const format = useFormat();
  const { position, at, who, operation, method, path, outcome, detail, repeated, code } = entry;
  return (
    <Accordion.Item value={String(position)}>
      <Accordion.Control py={4}>
        <Group gap="sm">
          <Text size="xs" c="dimmed" className="numbers">
            {format.dateTime(at)}
          </Text>
          <Text size="sm" fw={600}>
            {operation}
          </Text>
          <Status tone={tones[outcome]}>{w.outcomes[outcome]}</Status>
          {repeated > 1 && (
            <Text size="xs" c="dimmed">
              {w.repeated(repeated)}
            </Text>
          )}
          <Text size="xs" c="dimmed" className="mono" visibleFrom="sm">
            {w.kinds[who.kind]} {who.id}
          </Text>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Text size="sm" className="mono">
          {method} {path} {code}
        </Text>
        <Text size="xs" c="dimmed" className="mono">
          {w.kinds[who.kind]} {who.id} {who.address}
        </Text>
        {Object.keys(detail).length > 0 && <pre className="frame-text">{JSON.stringify(detail, undefined, 2)}</pre>}
      </Accordion.Panel>
    </Accordion.Item>
  );
}
