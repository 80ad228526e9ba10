/** Who did what, and who was refused: filtered, opened, downloaded as it was sealed. */
import { Button, Code, Group, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/use-session.ts';
import { organizationTexts } from '../../texts/organization.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tell } from '../../ui/error-note.tsx';
import { Dialog, instantOf } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty, Fact } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Rows } from '../../ui/rows.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { Status, type Tone } from '../../ui/status.tsx';
import { Typed } from '../../ui/typed.tsx';
import { useParam } from '../../ui/use-param.ts';
import { Waiting } from '../../ui/waiting.tsx';

type Entry = Schemas['AuditEntry'];
const kinds = ['all', 'called', 'refused', 'charger', 'script'] as const;
const tones: Record<Entry['outcome'], Tone> = { done: 'ok', failed: 'warn', refused: 'bad', unknown: 'busy' };

export default function Audit() {
  const t = useTexts();
  const w = useWords(organizationTexts);
  const [kindGiven, setKind] = useParam('kind');
  const [operation, setOperation] = useParam('operation');
  const [from, setFrom] = useParam('from');
  const [until, setUntil] = useParam('until');
  const kind = kinds.find((each) => each === kindGiven) ?? 'all';
  const [word] = useDebouncedValue(operation.trim(), 300);
  const [start, end] = [instantOf(from), instantOf(until)];
  const filter = {
    ...(kind !== 'all' && { kind }),
    ...(word !== '' && { operation: word }),
    ...(start !== null && { from: start }),
    ...(end !== null && { to: end }),
  };
  const download = useMutation({
    mutationFn: () =>
      saveFile(
        `/api/v1/audit/export?${new URLSearchParams(filter as Record<string, string>).toString()}`,
        'audit.jsonl',
      ),
    onError: tell(t),
  });
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={680}>
        {w.auditHint}
      </Text>
      <Group align="flex-end">
        <SegmentedControl
          aria-label={w.tabs.audit}
          value={kind}
          onChange={(value) => setKind(value === 'all' ? '' : value)}
          data={kinds.map((value) => ({ value, label: w.auditKind[value] }))}
        />
        <Typed label={w.operation} title={w.operationHint} given={operation} maxLength={100} change={setOperation} />
        <TextInput
          type="datetime-local"
          label={w.from}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label={w.until}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <Button
          variant="default"
          leftSection={<Icon name="download" size={16} />}
          loading={download.isPending}
          onClick={() => download.mutate()}
        >
          {w.export}
        </Button>
      </Group>
      <List key={JSON.stringify(filter)} filter={filter} />
    </Stack>
  );
}

/** Whom an id belongs to: of the newest hundred of each. */
const namesQuery = (mayMembers: boolean, mayKeys: boolean) => ({
  queryKey: ['names-of-principals', mayMembers, mayKeys],
  staleTime: 60_000,
  queryFn: async (): Promise<ReadonlyMap<string, string>> => {
    const query = { limit: 100 };
    const [members, keys] = await Promise.all([
      mayMembers ? answer(api.GET('/api/v1/members', { params: { query } })) : { data: [] },
      mayKeys ? answer(api.GET('/api/v1/api-keys', { params: { query } })) : { data: [] },
    ]);
    return new Map([
      ...members.data.map(({ id, name, email }) => [id, name ?? email] as const),
      ...keys.data.map(({ id, name }) => [id, name] as const),
    ]);
  },
});

type Filter = { kind?: 'called' | 'refused' | 'charger' | 'script'; operation?: string; from?: string; to?: string };

function List({ filter }: { readonly filter: Filter }) {
  const w = useWords(organizationTexts);
  const format = useFormat();
  const [open, setOpen] = useState<Entry>();
  const names = useQuery(namesQuery(useMay('read:members'), useMay('write:api_keys')));
  const pages = usePages({
    queryKey: ['audit', filter],
    ask: (cursor) => answer(api.GET('/api/v1/audit', { params: { query: { ...filter, limit: 50, cursor } } })),
  });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  const { auditColumns: columns } = w;
  const nameOf = (id: string | null): string | undefined => names.data?.get(id ?? '');
  const rows = pages.rows.map((entry) => ({ ...entry, id: String(entry.position) }));
  return (
    <Stack>
      <Card p={0} label={w.tabs.audit}>
        {rows.length === 0 ? (
          <Empty icon="search" title={w.auditEmpty} />
        ) : (
          <Rows
            rows={rows}
            columns={[
              {
                name: columns.what,
                of: (entry) => (
                  <>
                    <button type="button" className="row-link plain" onClick={() => setOpen(entry)}>
                      {entry.operation}
                    </button>
                    {entry.repeated > 1 && (
                      <Text size="xs" c="dimmed">
                        {w.repeated(entry.repeated)}
                      </Text>
                    )}
                  </>
                ),
              },
              {
                name: columns.who,
                from: 'sm',
                of: ({ who }) => (
                  <>
                    {nameOf(who.id) ?? w.auditWho[who.kind]}
                    <Text size="xs" c="dimmed" className="mono">
                      {who.id ?? who.address}
                    </Text>
                  </>
                ),
              },
              {
                name: columns.outcome,
                of: ({ outcome }) => <Status tone={tones[outcome]}>{w.auditOutcome[outcome]}</Status>,
              },
              { name: columns.at, isNumber: true, from: 'sm', of: ({ at }) => format.exact(at) },
            ]}
          />
        )}
      </Card>
      <More pages={pages} />
      <Dialog title={open === undefined ? undefined : w.entry(open.position)} close={() => setOpen(undefined)}>
        {open !== undefined && <Shown entry={open} />}
      </Dialog>
    </Stack>
  );
}

function Shown({ entry }: { readonly entry: Entry }) {
  const t = useTexts();
  const w = useWords(organizationTexts);
  const format = useFormat();
  const { operation, outcome, status, code, at, who, method, path, target, detail, request_id } = entry;
  return (
    <Stack>
      <Group>
        <Text fw={600}>{operation}</Text>
        <Status tone={tones[outcome]}>{w.auditOutcome[outcome]}</Status>
      </Group>
      <SimpleGrid component="dl" m={0} cols={{ base: 1, xs: 2 }}>
        <Fact name={w.auditColumns.at}>{format.exact(at)}</Fact>
        <Fact name={w.auditColumns.who}>
          {w.auditWho[who.kind]} <span className="mono">{who.id}</span>
        </Fact>
        <Fact name={w.address2}>{who.address ?? t.common.none}</Fact>
        <Fact name={w.answered}>{[status, code].filter((each) => each !== null).join(' ') || t.common.none}</Fact>
        <Fact name={w.auditColumns.what}>
          <span className="mono">
            {method} {path}
          </span>
        </Fact>
        <Fact name={w.request}>
          <span className="mono">{request_id ?? t.common.none}</span>
        </Fact>
      </SimpleGrid>
      {Object.keys(target).length > 0 && <Json name={w.target} value={target} />}
      {Object.keys(detail).length > 0 && <Json name={w.asked} value={detail} />}
    </Stack>
  );
}

function Json({ name, value }: { readonly name: string; readonly value: object }) {
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {name}
      </Text>
      <Code block className="frame-text">
        {JSON.stringify(value, undefined, 2)}
      </Code>
    </div>
  );
}
