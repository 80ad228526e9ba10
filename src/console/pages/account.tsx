/** One's own account: name, password, second factor, and where one is signed in. */
import { Button, Group, PasswordInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { answer, api, done } from '../api/client.ts';
import { faultsByField } from '../api/errors.ts';
import { session } from '../api/session.ts';
import { useMe } from '../api/use-session.ts';
import { accountTexts } from '../texts/account.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { Confirm, type Question } from '../ui/confirm.tsx';
import { ErrorNote, tell, tellDone } from '../ui/error-note.tsx';
import { Form, orNull, useFields } from '../ui/form.tsx';
import { useNow } from '../ui/live.tsx';
import { Card, Page, Section } from '../ui/page.tsx';
import { Rows } from '../ui/rows.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { SecondFactor } from './account/second-factor.tsx';

export default function Account() {
  const w = useWords(accountTexts);
  return (
    <Page title={w.title}>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Name />
        <Password />
      </SimpleGrid>
      <SecondFactor />
      <Logins />
    </Page>
  );
}

function Name() {
  const t = useTexts();
  const w = useWords(accountTexts);
  const me = useMe();
  const [name, setName] = useState(me.user?.name ?? '');
  const save = useMutation({
    mutationFn: async () => {
      await answer(api.PATCH('/api/v1/users/me', { body: { name: orNull(name) } }));
      await session.lookAgain();
    },
    onSuccess: () => tellDone(w.saved, t),
  });
  return (
    <Section title={w.name}>
      <Card>
        <Form save={save} yes={w.save} fields={['name']} label={w.name}>
          <TextInput
            label={w.name}
            autoComplete="name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={faultsByField(save.error)['name']}
          />
          <TextInput label={w.email} value={me.user?.email ?? ''} readOnly variant="filled" />
        </Form>
      </Card>
    </Section>
  );
}

function Password() {
  const t = useTexts();
  const w = useWords(accountTexts);
  const queries = useQueryClient();
  const [fields, set] = useFields({ old: '', fresh: '' });
  const change = useMutation({
    mutationFn: () =>
      done(api.PUT('/api/v1/users/me/password', { body: { password: fields.old, new_password: fields.fresh } })),
    onSuccess: async () => {
      set({ old: '', fresh: '' });
      tellDone(w.changed, t);
      await queries.invalidateQueries({ queryKey: ['logins'] });
    },
  });
  const faults = faultsByField(change.error);
  return (
    <Section title={w.password}>
      <Card>
        <Form save={change} yes={w.change} fields={['password', 'new_password']} label={w.password}>
          <PasswordInput
            label={w.oldPassword}
            autoComplete="current-password"
            value={fields.old}
            onChange={(event) => set({ old: event.currentTarget.value })}
            error={faults['password']}
            required
            withAsterisk={false}
          />
          <PasswordInput
            label={w.newPassword}
            description={w.newPasswordHint}
            autoComplete="new-password"
            value={fields.fresh}
            onChange={(event) => set({ fresh: event.currentTarget.value })}
            error={faults['new_password']}
            required
            withAsterisk={false}
          />
          <Text size="xs" c="dimmed">
            {w.passwordHint}
          </Text>
        </Form>
      </Card>
    </Section>
  );
}

function Logins() {
  const t = useTexts();
  const w = useWords(accountTexts);
  const format = useFormat();
  const now = useNow(30_000);
  const queries = useQueryClient();
  const [question, setQuestion] = useState<Question>();
  const { data, error, refetch } = useQuery({
    queryKey: ['logins'],
    queryFn: () => answer(api.GET('/api/v1/users/me/logins')),
  });
  const end = useMutation({
    mutationFn: (id: string) => done(api.DELETE('/api/v1/users/me/logins/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      tellDone(w.ended, t);
      await queries.invalidateQueries({ queryKey: ['logins'] });
    },
    onError: tell(t),
  });
  const askAll = (): void =>
    setQuestion({
      title: w.everywhereTitle,
      text: w.everywhereText,
      yes: w.everywhere,
      do: () => session.signOutEverywhere(),
    });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  return (
    <Section
      title={w.logins}
      actions={
        <Button variant="default" onClick={askAll}>
          {w.everywhere}
        </Button>
      }
    >
      <Card p={0} label={w.logins}>
        <Rows
          isOwn
          rows={data.data}
          columns={[
            {
              name: w.columns.device,
              of: ({ device, address, current }) => (
                <Stack gap={0}>
                  <Group gap="xs">
                    <Text size="sm" fw={600}>
                      {deviceOf(device) ?? w.unknownDevice}
                    </Text>
                    {current && (
                      <Text size="xs" c="dimmed">
                        ({w.here})
                      </Text>
                    )}
                  </Group>
                  <Text size="xs" c="dimmed" className="mono">
                    {address}
                  </Text>
                </Stack>
              ),
            },
            { name: w.columns.since, from: 'sm', of: ({ created_at }) => format.dateTime(created_at) },
            { name: w.columns.used, from: 'sm', of: ({ last_used_at }) => format.ago(last_used_at, now) },
            {
              name: '',
              isNumber: true,
              of: ({ id, current, device }: Schemas['Login']) =>
                !current && (
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => end.mutate(id)}
                    aria-label={`${w.end}: ${deviceOf(device) ?? w.unknownDevice}`}
                  >
                    {w.end}
                  </Button>
                ),
            },
          ]}
        />
      </Card>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Section>
  );
}

/** Of the header of a browser, what people call it by. */
function deviceOf(agent: string | null): string | undefined {
  if (agent === null || agent === '') return undefined;
  const browser = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(`${name}/`));
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS X', 'Linux'].find((name) => agent.includes(name));
  const shown = { Edg: 'Edge', OPR: 'Opera' }[browser ?? ''] ?? browser;
  return [shown, system].filter(Boolean).join(' · ') || agent.slice(0, 60);
}
