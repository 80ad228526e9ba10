/** Templates of settings: what chargers of a kind are to be set to, and which of them differ. */
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { answer, api, done } from '../api/client.ts';
import { nameOf } from '../api/fleet.ts';
import { useMay } from '../api/use-session.ts';
import { templateTexts } from '../texts/templates.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { Confirm, type Question } from '../ui/confirm.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Dialog } from '../ui/form.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card, Empty, Page, Section } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages-of.tsx';
import { RowAction } from '../ui/row-action.tsx';
import { type Column, Rows } from '../ui/rows.tsx';
import { useParam } from '../ui/use-param.ts';
import { Waiting } from '../ui/waiting.tsx';
import { TemplateForm, templatesChanged } from './templates/template-form.tsx';

type Template = Schemas['ConfigurationTemplate'];
const KEY = ['configuration-templates'] as const;

export default function Templates() {
  const t = useTexts();
  const w = useWords(templateTexts);
  const queries = useQueryClient();
  const mayWrite = useMay('write:charge_points');
  const [chosen, choose] = useParam('template');
  const [question, setQuestion] = useState<Question>();
  const pages = usePages({
    queryKey: KEY,
    ask: (cursor) => answer(api.GET('/api/v1/configuration-templates', { params: { query: { limit: 100, cursor } } })),
  });
  const open = pages.rows?.find(({ id }) => id === chosen);
  const close = (): void => choose('');
  const askRemove = ({ id, name }: Template): void =>
    setQuestion({
      title: w.removeTitle(name),
      text: w.removeText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/configuration-templates/{id}', { params: { path: { id } } }));
        await templatesChanged(queries);
      },
    });
  const add = mayWrite && (
    <Button leftSection={<Icon name="add" size={16} />} onClick={() => choose('new')}>
      {w.add}
    </Button>
  );
  const isEmpty = pages.rows?.length === 0;
  return (
    <Page
      title={w.title}
      above={{ to: '/charge-points', title: t.chargePoints.title }}
      actions={pages.rows !== undefined && !isEmpty && add}
    >
      <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />
      {pages.rows === undefined && pages.error === null && <Waiting />}
      {pages.rows !== undefined && (
        <Stack gap="xs">
          {!isEmpty && (
            <Text size="sm" c="dimmed" maw={680}>
              {w.hint}
            </Text>
          )}
          <Card p={0} label={w.title}>
            {isEmpty ? (
              <Empty icon="settings" title={w.empty} hint={w.emptyHint}>
                {add}
              </Empty>
            ) : (
              <List all={pages.rows} open={choose} remove={mayWrite ? askRemove : undefined} />
            )}
          </Card>
          <More pages={pages} />
        </Stack>
      )}
      {pages.rows !== undefined && !isEmpty && <Drifted />}
      <Dialog title={chosen === 'new' && mayWrite ? w.add : open?.name} close={close} size="xl">
        <TemplateForm key={chosen} template={open} done={close} />
      </Dialog>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Page>
  );
}

function List(props: {
  readonly all: readonly Template[];
  readonly open: (id: string) => void;
  readonly remove: ((template: Template) => void) | undefined;
}) {
  const { all, open, remove } = props;
  const w = useWords(templateTexts);
  const columns: Column<Template>[] = [
    {
      name: w.columns.name,
      of: ({ id, name }) => (
        <button type="button" className="row-link plain" onClick={() => open(id)}>
          {name}
        </button>
      ),
    },
    {
      name: w.columns.kind,
      from: 'sm',
      of: ({ vendor, model, firmware }) =>
        [vendor, model, firmware].filter((each) => each !== null).join(' · ') || w.everyKind,
    },
    { name: w.columns.settings, of: ({ values }) => w.settings(Object.keys(values).length) },
    { name: w.columns.boot, from: 'sm', of: ({ at_boot: atBoot }) => (atBoot ? w.atBoot : w.byHand) },
    ...(remove === undefined
      ? []
      : [
          {
            name: w.remove,
            isAction: true,
            of: (each: Template) => (
              <RowAction name={w.remove} label={w.removeTitle(each.name)} act={() => remove(each)} />
            ),
          },
        ]),
  ];
  return <Rows isOwn rows={all} columns={columns} />;
}

/** Whose settings are other than templates want them, as far as they were read. */
function Drifted() {
  const w = useWords(templateTexts);
  const { data, error } = useQuery({
    queryKey: ['drifted'],
    queryFn: () => answer(api.GET('/api/v1/charge-points', { params: { query: { drift: true, limit: 100 } } })),
  });
  if (data === undefined) return <ErrorNote cause={error} />;
  return (
    <Section title={w.drifted}>
      <Card label={w.drifted}>
        {data.data.length === 0 ? (
          <Text size="sm" c="dimmed">
            {w.driftedNone}
          </Text>
        ) : (
          <Stack gap="xs">
            <Group gap="md">
              {data.data.map((each) => (
                <Anchor
                  key={each.id}
                  component={Link}
                  to={`/charge-points/${each.id}/configuration`}
                  size="sm"
                  data-drifted={each.identity}
                >
                  {nameOf(each)}
                </Anchor>
              ))}
              {data.next_cursor !== null && <Text size="sm">…</Text>}
            </Group>
          </Stack>
        )}
      </Card>
    </Section>
  );
}
