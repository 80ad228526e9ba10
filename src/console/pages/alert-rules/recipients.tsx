/** Who is told of alerts by e-mail, from which severity on, of which sites. */
import { Button, Checkbox, Group, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { sitesQuery } from '../../api/sites.ts';
import { useMay } from '../../api/use-session.ts';
import { ruleTexts } from '../../texts/alert-rules.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Dialog, Form, orNull, useFields } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Status } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';

type Recipient = Schemas['AlertRecipient'];
const severities = ['info', 'warning', 'critical'] as const;

export default function Recipients() {
  const t = useTexts();
  const w = useWords(ruleTexts);
  const queries = useQueryClient();
  const mayWrite = useMay('write:charge_points');
  const [editing, setEditing] = useState<Recipient | 'new'>();
  const [question, setQuestion] = useState<Question>();
  const sites = useQuery(sitesQuery);
  const pages = usePages({
    queryKey: ['alert-recipients'],
    ask: (cursor) => answer(api.GET('/api/v1/alert-recipients', { params: { query: { limit: 100, cursor } } })),
  });
  const close = (): void => setEditing(undefined);
  const askRemove = ({ id, email }: Recipient): void =>
    setQuestion({
      title: w.recipientRemoveTitle(email),
      text: w.recipientRemoveText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/alert-recipients/{id}', { params: { path: { id } } }));
        await queries.invalidateQueries({ queryKey: ['alert-recipients'] });
      },
    });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  const add = mayWrite && (
    <Button leftSection={<Icon name="add" size={16} />} onClick={() => setEditing('new')}>
      {w.recipientAdd}
    </Button>
  );
  const sitesOf = ({ site_ids }: Recipient): string =>
    site_ids.length === 0
      ? t.common.all
      : site_ids.map((of) => sites.data?.find(({ id }) => id === of)?.name ?? of).join(', ');
  const isOff = pages.rows.some(({ delivery }) => delivery === 'off');
  return (
    <Stack>
      {pages.rows.length > 0 && <Group justify="flex-end">{add}</Group>}
      {isOff && (
        <Text size="sm" c="var(--warn)" role="status">
          {w.noMail}
        </Text>
      )}
      <Card p={0} label={w.tabs.recipients}>
        {pages.rows.length === 0 ? (
          <Empty icon="send" title={w.recipientEmpty} hint={w.recipientEmptyHint}>
            {add}
          </Empty>
        ) : (
          <Rows
            isOwn
            rows={pages.rows}
            columns={[
              {
                name: w.email,
                of: (each) => (
                  <>
                    {mayWrite ? (
                      <button type="button" className="row-link plain" onClick={() => setEditing(each)}>
                        {each.name ?? each.email}
                      </button>
                    ) : (
                      <Text size="sm" fw={600}>
                        {each.name ?? each.email}
                      </Text>
                    )}
                    <Text size="xs" c="dimmed">
                      {each.name !== null && each.email}
                    </Text>
                  </>
                ),
              },
              { name: w.fromSeverity, of: ({ min_severity }) => t.alerts.severity[min_severity] },
              { name: w.site, from: 'sm', of: sitesOf },
              {
                name: w.enabled,
                from: 'sm',
                of: ({ active }) => (
                  <Status tone={active ? 'ok' : 'off'} hollow={!active}>
                    {active ? w.enabled : w.off}
                  </Status>
                ),
              },
              {
                name: '',
                isNumber: true,
                of: (each) =>
                  mayWrite && (
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => askRemove(each)}
                      aria-label={`${w.remove}: ${each.email}`}
                    >
                      {w.remove}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Card>
      <More pages={pages} />
      <Dialog
        title={editing === undefined ? undefined : editing === 'new' ? w.recipientAdd : editing.email}
        close={close}
      >
        {editing !== undefined && <RecipientForm {...(editing !== 'new' && { recipient: editing })} close={close} />}
      </Dialog>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Stack>
  );
}

function RecipientForm({ recipient, close }: { readonly recipient?: Recipient; readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(ruleTexts);
  const queries = useQueryClient();
  const sites = useQuery(sitesQuery);
  const [fields, set] = useFields({
    email: '',
    name: recipient?.name ?? '',
    severity: recipient?.min_severity ?? ('warning' as const),
    sites: [...(recipient?.site_ids ?? [])],
    resolved: recipient?.resolved ?? true,
    active: recipient?.active ?? true,
  });
  const save = useMutation({
    mutationFn: () => {
      const { severity: min_severity, sites: site_ids, resolved, active } = fields;
      const body = { name: orNull(fields.name), min_severity, site_ids, resolved, active };
      return recipient === undefined
        ? answer(
            api.POST('/api/v1/alert-recipients', {
              params: { header: onlyOnce() },
              body: { ...body, email: fields.email.trim() },
            }),
          )
        : answer(api.PATCH('/api/v1/alert-recipients/{id}', { params: { path: { id: recipient.id } }, body }));
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['alert-recipients'] });
      tellDone(w.saved, t);
      close();
    },
  });
  const faults = faultsByField(save.error);
  return (
    <Form save={save} yes={w.save} fields={['email', 'name', 'site_ids']}>
      {recipient === undefined && (
        <TextInput
          type="email"
          label={w.email}
          value={fields.email}
          onChange={(event) => set({ email: event.currentTarget.value })}
          error={faults['email']}
          data-autofocus
          required
        />
      )}
      <TextInput
        label={w.name}
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={faults['name']}
      />
      <Select
        label={w.fromSeverity}
        data={severities.map((value) => ({ value, label: t.alerts.severity[value] }))}
        value={fields.severity}
        onChange={(value) => set({ severity: severities.find((each) => each === value) ?? 'warning' })}
        allowDeselect={false}
      />
      <MultiSelect
        label={w.onlySites}
        placeholder={fields.sites.length === 0 ? t.common.all : ''}
        data={sites.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        value={fields.sites}
        onChange={(value) => set({ sites: value })}
        error={faults['site_ids']}
        searchable
        clearable
      />
      <Checkbox
        label={w.resolvedToo}
        checked={fields.resolved}
        onChange={(event) => set({ resolved: event.currentTarget.checked })}
      />
      <Checkbox
        label={w.enabled}
        checked={fields.active}
        onChange={(event) => set({ active: event.currentTarget.checked })}
      />
    </Form>
  );
}
