/** A new key: with no more rights than wanted, and shown once. */
import { Alert, Button, Checkbox, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { paths } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { useMe } from '../../api/use-session.ts';
import { organizationTexts } from '../../texts/organization.ts';
import { useWords } from '../../texts/words.ts';
import { Form, instantOf, useFields } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Copyable } from '../../ui/page.tsx';

type Wanted = paths['/api/v1/api-keys']['post']['requestBody']['content']['application/json'];

export function NewKey({ done: made }: { readonly done: (key: string) => Promise<void> }) {
  const w = useWords(organizationTexts);
  const me = useMe();
  const [fields, set] = useFields({ name: '', scopes: [] as string[], expires: '' });
  const create = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/api-keys', {
          params: { header: onlyOnce() },
          body: {
            name: fields.name.trim(),
            scopes: fields.scopes as Wanted['scopes'], // as: those of who is signed in, which the server has said
            expires_at: instantOf(fields.expires),
          },
        }),
      ),
    onSuccess: ({ key }) => made(key),
  });
  const faults = faultsByField(create.error);
  return (
    <Form save={create} yes={w.keyCreate} isReady={fields.scopes.length > 0} fields={['name', 'scopes', 'expires_at']}>
      <TextInput
        label={w.keyName}
        description={w.keyNameHint}
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={faults['name']}
        data-autofocus
        required
      />
      <Checkbox.Group
        label={w.keyScopes}
        value={fields.scopes}
        onChange={(scopes) => set({ scopes })}
        error={faults['scopes']}
      >
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" mt="xs">
          {me.scopes.map((scope) => (
            <Checkbox key={scope} value={scope} label={<span className="mono">{scope}</span>} />
          ))}
        </SimpleGrid>
      </Checkbox.Group>
      <TextInput
        type="datetime-local"
        label={w.keyExpires}
        description={w.keyExpiresHint}
        value={fields.expires}
        onChange={(event) => set({ expires: event.currentTarget.value })}
        error={faults['expires_at']}
        maw={280}
      />
    </Form>
  );
}

export function KeyShown({ secret, close }: { readonly secret: string; readonly close: () => void }) {
  const w = useWords(organizationTexts);
  return (
    <Stack>
      <Alert variant="default" c="var(--warn)" icon={<Icon name="key" />} title={w.keyShown}>
        <Text size="sm">{w.keyOnce}</Text>
      </Alert>
      <Copyable text={secret} label={w.keyShown} />
      <Group justify="flex-end">
        <Button onClick={close}>{w.keyDone}</Button>
      </Group>
    </Stack>
  );
}
