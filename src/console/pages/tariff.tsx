/** One tariff, or a new one: its terms to be written, what a session would cost by them, its versions, and for whom it holds. */
import { Button, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { answer, api, done, onlyOnce } from '../api/client.ts';
import { faultsByField } from '../api/errors.ts';
import { useMay } from '../api/use-session.ts';
import { tariffTexts } from '../texts/tariffs.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { Confirm, type Question } from '../ui/confirm.tsx';
import { ErrorNote, tell, tellDone } from '../ui/error-note.tsx';
import { orNull, useFields } from '../ui/form.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card, Page, Section } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages-of.tsx';
import { useGo } from '../ui/use-go.ts';
import { Waiting } from '../ui/waiting.tsx';
import { Assignments } from './tariff/assignments.tsx';
import { type Draft, draftOf, newDraft, termsOf } from './tariff/draft.ts';
import { DriverTexts } from './tariff/driver-texts.tsx';
import { Preview } from './tariff/preview.tsx';
import { TermsEditor } from './tariff/terms-editor.tsx';
import { priceOf } from './tariffs.tsx';

type Tariff = Schemas['Tariff'];

export default function TariffPage() {
  const { id = '' } = useParams();
  return id === 'new' ? <NewTariff /> : <KeptTariff key={id} id={id} />;
}

function NewTariff() {
  const w = useWords(tariffTexts);
  const { data, error, refetch } = useQuery({
    queryKey: ['organization'],
    queryFn: () => answer(api.GET('/api/v1/organization')),
  });
  if (data === undefined) {
    return (
      <Page title={w.add} above={{ to: '/tariffs', title: w.title }}>
        {error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />}
      </Page>
    );
  }
  return <Editor start={newDraft(data.currency)} />;
}

function KeptTariff({ id }: { readonly id: string }) {
  const w = useWords(tariffTexts);
  const { data, error, refetch } = useQuery({
    queryKey: ['tariff', id],
    queryFn: () => answer(api.GET('/api/v1/tariffs/{id}', { params: { path: { id } } })),
  });
  if (data === undefined) {
    return (
      <Page title={w.tariff} above={{ to: '/tariffs', title: w.title }}>
        {error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />}
      </Page>
    );
  }
  return <Editor key={data.version} tariff={data} start={draftOf(data.terms)} />;
}

function Editor({ tariff, start }: { readonly tariff?: Tariff; readonly start: Draft }) {
  const t = useTexts();
  const w = useWords(tariffTexts);
  const go = useGo();
  const queries = useQueryClient();
  const mayWrite = useMay('write:billing');
  const [draft, setDraft] = useState(start);
  const [fields, set] = useFields({ name: tariff?.name ?? '', description: tariff?.description ?? '' });
  const told = { name: fields.name.trim(), description: orNull(fields.description) };
  const save = useMutation({
    mutationFn: async (): Promise<string> => {
      const header = onlyOnce();
      if (tariff === undefined) {
        const body = { ...told, terms: termsOf(draft) };
        const { id } = await answer(api.POST('/api/v1/tariffs', { params: { header }, body }));
        tellDone(w.created, t);
        return id;
      }
      const params = { path: { id: tariff.id }, header };
      const { version } = await answer(api.POST('/api/v1/tariffs/{id}/versions', { params, body: termsOf(draft) }));
      tellDone(w.saved(version), t);
      return tariff.id;
    },
    onSuccess: async (id) => {
      await queries.invalidateQueries({ queryKey: ['tariffs'] });
      await queries.invalidateQueries({ queryKey: ['tariff', id] });
      if (tariff === undefined) go(`/tariffs/${id}`, { replace: true });
    },
  });
  const rename = useMutation({
    mutationFn: (id: string) => answer(api.PATCH('/api/v1/tariffs/{id}', { params: { path: { id } }, body: told })),
    onSuccess: async (renamed) => {
      queries.setQueryData(['tariff', renamed.id], renamed);
      await queries.invalidateQueries({ queryKey: ['tariffs'] });
      tellDone(w.renamed, t);
    },
    onError: tell(t),
  });
  const faults = faultsByField(save.error);
  const isRenamed =
    tariff !== undefined && (told.name !== tariff.name || told.description !== (tariff.description ?? null));
  return (
    <Page
      title={tariff?.name ?? w.add}
      above={{ to: '/tariffs', title: w.title }}
      {...(tariff !== undefined && { beside: <Text c="dimmed">{w.version(tariff.version)}</Text> })}
      actions={tariff !== undefined && mayWrite && <Remove tariff={tariff} />}
    >
      {!mayWrite && (
        <Text size="sm" c="dimmed">
          {w.onlyRead}
        </Text>
      )}
      <div className="beside">
        <form
          aria-label={w.tariff}
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          <fieldset disabled={!mayWrite} className="bare">
            <Stack>
              <Card>
                <Stack>
                  <TextInput
                    label={w.name}
                    value={fields.name}
                    onChange={(event) => set({ name: event.currentTarget.value })}
                    error={faults['name']}
                    required
                  />
                  <TextInput
                    label={w.description}
                    value={fields.description}
                    onChange={(event) => set({ description: event.currentTarget.value })}
                    error={faults['description']}
                  />
                  {isRenamed && (
                    <Group justify="flex-end">
                      <Button variant="default" loading={rename.isPending} onClick={() => rename.mutate(tariff.id)}>
                        {w.rename}
                      </Button>
                    </Group>
                  )}
                </Stack>
              </Card>
              <TermsEditor draft={draft} change={setDraft} cause={save.error} />
              <ErrorNote cause={save.error} except={['name', 'description']} />
              {mayWrite && (
                <Group justify="flex-end">
                  <Button type="submit" loading={save.isPending}>
                    {tariff === undefined ? w.create : w.save}
                  </Button>
                </Group>
              )}
            </Stack>
          </fieldset>
        </form>
        <Preview draft={draft} />
      </div>
      {tariff !== undefined && (
        <>
          <DriverTexts tariff={tariff} />
          <Section title={w.assignments} hint={w.assignmentsHint}>
            <Assignments tariffId={tariff.id} />
          </Section>
          <Versions tariff={tariff} take={(terms) => setDraft(draftOf(terms))} />
        </>
      )}
    </Page>
  );
}

function Remove({ tariff }: { readonly tariff: Tariff }) {
  const w = useWords(tariffTexts);
  const go = useGo();
  const queries = useQueryClient();
  const [question, setQuestion] = useState<Question>();
  const ask = (): void =>
    setQuestion({
      title: w.removeTitle(tariff.name),
      text: w.removeText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/tariffs/{id}', { params: { path: { id: tariff.id } } }));
        await queries.invalidateQueries({ queryKey: ['tariffs'] });
        go('/tariffs', { replace: true });
      },
    });
  return (
    <>
      <Button variant="default" c="var(--bad)" leftSection={<Icon name="remove" size={16} />} onClick={ask}>
        {w.remove}
      </Button>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

function Versions({ tariff, take }: { readonly tariff: Tariff; readonly take: (terms: Tariff['terms']) => void }) {
  const w = useWords(tariffTexts);
  const format = useFormat();
  const mayWrite = useMay('write:billing');
  const pages = usePages({
    queryKey: ['tariff', tariff.id, 'versions'],
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/tariffs/{id}/versions', { params: { path: { id: tariff.id }, query: { limit: 20, cursor } } }),
      ),
  });
  if (pages.rows === undefined || pages.rows.length < 2) return <ErrorNote cause={pages.error} />;
  return (
    <Section title={w.versions}>
      <Card p={0} label={w.versions}>
        <Table>
          <Table.Tbody>
            {pages.rows.map(({ version, terms, created_at }) => (
              <Table.Tr key={version}>
                <Table.Td fw={600}>
                  {w.version(version)}
                  {version === tariff.version && (
                    <Text span size="xs" c="dimmed">
                      {' '}
                      · {w.current}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td visibleFrom="sm">{priceOf(terms, format, w.free)}</Table.Td>
                <Table.Td visibleFrom="sm" className="numbers">
                  {format.dateTime(created_at)}
                </Table.Td>
                <Table.Td ta="right">
                  {mayWrite && version !== tariff.version && (
                    <Button size="xs" variant="default" onClick={() => take(terms)}>
                      {w.take}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
      <More pages={pages} />
    </Section>
  );
}
