/** Announced maintenance: while a window is open nothing it covers is told, nor counted against the uptime. */
import { Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { nameOf } from '../../api/fleet.ts';
import { sitesQuery } from '../../api/sites.ts';
import { useMay } from '../../api/use-session.ts';
import { ruleTexts } from '../../texts/alert-rules.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Dialog, Form, instantOf, localInstant, orNull, useFields } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useChargePoints, useNow } from '../../ui/live.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Status } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';

type Window = Schemas['MaintenanceWindow'];

export default function Maintenance() {
  const w = useWords(ruleTexts);
  const mayWrite = useMay('write:charge_points');
  const [isAdding, setAdding] = useState(false);
  const pages = usePages({
    queryKey: ['maintenance-windows'],
    everyMs: 30_000,
    ask: (cursor) => answer(api.GET('/api/v1/maintenance-windows', { params: { query: { limit: 100, cursor } } })),
  });
  const add = mayWrite && (
    <Button leftSection={<Icon name="add" size={16} />} onClick={() => setAdding(true)}>
      {w.windowAdd}
    </Button>
  );
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  return (
    <Stack>
      {pages.rows.length > 0 && <Group justify="flex-end">{add}</Group>}
      <Card p={0} label={w.tabs.maintenance}>
        {pages.rows.length === 0 ? (
          <Empty icon="pause" title={w.windowEmpty} hint={w.windowEmptyHint}>
            {add}
          </Empty>
        ) : (
          <List windows={pages.rows} mayWrite={mayWrite} />
        )}
      </Card>
      <More pages={pages} />
      <Dialog title={isAdding ? w.windowAdd : undefined} close={() => setAdding(false)}>
        <WindowForm close={() => setAdding(false)} />
      </Dialog>
    </Stack>
  );
}

function List({ windows, mayWrite }: { readonly windows: readonly Window[]; readonly mayWrite: boolean }) {
  const w = useWords(ruleTexts);
  const format = useFormat();
  const now = useNow(15_000);
  const queries = useQueryClient();
  const sites = useQuery(sitesQuery);
  const { fleet } = useChargePoints();
  const [question, setQuestion] = useState<Question>();
  const placeOf = ({ site_id, charge_point_id }: Window): string => {
    const point = fleet?.all.find(({ id }) => id === charge_point_id);
    if (point !== undefined) return nameOf(point);
    const site = sites.data?.find(({ id }) => id === site_id);
    return site?.name ?? charge_point_id ?? site_id ?? w.organization;
  };
  const stateOf = ({ active, ends_at }: Window) => {
    if (active) return <Status tone="warn">{w.active}</Status>;
    const isOver = new Date(ends_at).getTime() <= now;
    return (
      <Status tone={isOver ? 'off' : 'busy'} hollow>
        {isOver ? w.over : w.planned}
      </Status>
    );
  };
  const askRemove = ({ id }: Window): void =>
    setQuestion({
      title: w.removeTitle,
      text: w.removeText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/maintenance-windows/{id}', { params: { path: { id } } }));
        await queries.invalidateQueries({ queryKey: ['maintenance-windows'] });
      },
    });
  return (
    <>
      <Rows
        isOwn
        rows={windows}
        columns={[
          {
            name: w.covers,
            of: (each) => (
              <>
                <Text size="sm" fw={600}>
                  {placeOf(each)}
                </Text>
                {each.reason !== null && (
                  <Text size="xs" c="dimmed">
                    {each.reason}
                  </Text>
                )}
              </>
            ),
          },
          { name: w.tabs.maintenance, of: stateOf },
          { name: w.begins, from: 'sm', isNumber: true, of: ({ starts_at }) => format.dateTime(starts_at) },
          { name: w.endsAt, from: 'sm', isNumber: true, of: ({ ends_at }) => format.dateTime(ends_at) },
          { name: w.repeats, from: 'md', of: ({ repeats }) => w.repeat[repeats] },
          {
            name: '',
            isNumber: true,
            of: (each) =>
              mayWrite && (
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => askRemove(each)}
                  aria-label={`${w.remove}: ${placeOf(each)}`}
                >
                  {w.remove}
                </Button>
              ),
          },
        ]}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

const repeats = ['never', 'daily', 'weekly'] as const;
const places = ['organization', 'site', 'charge_point'] as const;
const HOUR_MS = 3_600_000;

function WindowForm({ close }: { readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(ruleTexts);
  const queries = useQueryClient();
  const sites = useQuery(sitesQuery);
  const { fleet } = useChargePoints();
  const [fields, set] = useFields({
    place: 'organization' as (typeof places)[number],
    which: null as string | null,
    reason: '',
    from: localInstant(new Date().toISOString()),
    until: localInstant(new Date(Date.now() + 2 * HOUR_MS).toISOString()),
    repeats: 'never' as (typeof repeats)[number],
  });
  const create = useMutation({
    mutationFn: () => {
      const [starts_at, ends_at] = [instantOf(fields.from) ?? '', instantOf(fields.until) ?? ''];
      const place = fields.place === 'site' ? 'site_id' : 'charge_point_id';
      return answer(
        api.POST('/api/v1/maintenance-windows', {
          params: { header: onlyOnce() },
          body: {
            starts_at,
            ends_at,
            reason: orNull(fields.reason),
            repeats: fields.repeats,
            timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
            ...(fields.place !== 'organization' && { [place]: fields.which ?? '' }),
          },
        }),
      );
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['maintenance-windows'] });
      tellDone(w.saved, t);
      close();
    },
  });
  const faults = faultsByField(create.error);
  const among =
    fields.place === 'site'
      ? sites.data?.map(({ id, name }) => ({ value: id, label: name }))
      : fleet?.all.map((each) => ({ value: each.id, label: nameOf(each) }));
  return (
    <Form save={create} yes={w.create} fields={['starts_at', 'ends_at', 'reason', 'site_id', 'charge_point_id']}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label={w.covers}
          data={places.map((value) => ({ value, label: w.places[value] }))}
          value={fields.place}
          onChange={(value) => set({ place: places.find((each) => each === value) ?? 'organization', which: null })}
          allowDeselect={false}
          data-autofocus
        />
        {fields.place !== 'organization' && (
          <Select
            label={w.which}
            data={among ?? []}
            value={fields.which}
            onChange={(which) => set({ which })}
            error={faults['site_id'] ?? faults['charge_point_id']}
            limit={100}
            searchable
            required
          />
        )}
      </SimpleGrid>
      <TextInput
        label={w.reason}
        value={fields.reason}
        onChange={(event) => set({ reason: event.currentTarget.value })}
        error={faults['reason']}
      />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextInput
          type="datetime-local"
          label={w.begins}
          value={fields.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
          error={faults['starts_at']}
          required
        />
        <TextInput
          type="datetime-local"
          label={w.endsAt}
          value={fields.until}
          onChange={(event) => set({ until: event.currentTarget.value })}
          error={faults['ends_at']}
          required
        />
        <Select
          label={w.repeats}
          data={repeats.map((value) => ({ value, label: w.repeat[value] }))}
          value={fields.repeats}
          onChange={(value) => set({ repeats: repeats.find((each) => each === value) ?? 'never' })}
          allowDeselect={false}
        />
      </SimpleGrid>
    </Form>
  );
}
