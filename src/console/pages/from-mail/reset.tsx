/** A forgotten password: the link is asked for, and with it a new one is set. */
import { Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { answer, api, done } from '../../api/client.ts';
import { faultsByField, isApiError } from '../../api/errors.ts';
import { session } from '../../api/session.ts';
import { accountTexts } from '../../texts/account.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Form } from '../../ui/form.tsx';
import { BadLink } from './bad-link.tsx';

export function AskReset() {
  const t = useTexts();
  const w = useWords(accountTexts);
  const [email, setEmail] = useState('');
  const send = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/auth/password-reset', { body: { email: email.trim() } })),
  });
  return (
    <Stack>
      <Title order={2}>{w.forgotten}</Title>
      {send.data === undefined ? (
        <Form save={send} yes={w.send} fields={['email']}>
          <Text size="sm">{w.forgottenHint}</Text>
          <TextInput
            label={t.signIn.email}
            type="email"
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={faultsByField(send.error)['email']}
            required
            withAsterisk={false}
          />
        </Form>
      ) : (
        <>
          <Text size="sm" role="status">
            {w.sent}
          </Text>
          <Text size="xs" c="dimmed">
            {w.sentHint}
          </Text>
        </>
      )}
      <Button component={Link} to="/" variant="subtle" size="compact-sm">
        {w.toSignIn}
      </Button>
    </Stack>
  );
}

export function Reset({ token }: { readonly token: string }) {
  const w = useWords(accountTexts);
  const [password, setPassword] = useState('');
  const set = useMutation({
    mutationFn: () => done(api.POST('/api/v1/auth/password-reset/confirm', { body: { token, password } })),
    onSuccess: () => session.signOut(), // this browser's login ended with all others
  });
  if (isApiError(set.error) && set.error.status === 404) return <BadLink />;
  if (set.isSuccess) {
    return (
      <Stack>
        <Text size="sm" role="status">
          {w.isSet}
        </Text>
        <Button component={Link} to="/">
          {w.toSignIn}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack>
      <Title order={2}>{w.setNew}</Title>
      <Form save={set} yes={w.set} fields={['password']}>
        <PasswordInput
          label={w.newPassword}
          description={w.newPasswordHint}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={faultsByField(set.error)['password']}
          data-autofocus
          required
          withAsterisk={false}
        />
      </Form>
    </Stack>
  );
}
