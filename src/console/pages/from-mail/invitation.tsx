/** An invitation is accepted: with a new account, or by who has one. */
import { Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { faultsByField, isApiError } from '../../api/errors.ts';
import { session } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { accountTexts } from '../../texts/account.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Form, useFields } from '../../ui/form.tsx';
import { useGo } from '../../ui/use-go.ts';
import { Waiting } from '../../ui/waiting.tsx';
import { BadLink } from './bad-link.tsx';

export function Invitation({ token }: { readonly token: string }) {
  const t = useTexts();
  const w = useWords(accountTexts);
  const format = useFormat();
  const { data, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => answer(api.POST('/api/v1/invitations/preview', { body: { token } })),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
  });
  const isBad = token === '' || (isApiError(error) && (error.status === 404 || error.status === 400));
  if (isBad) return <BadLink />;
  if (data === undefined) return error === null ? <Waiting /> : <ErrorNote cause={error} />;
  const { organization, email, role, expires_at, has_account } = data;
  return (
    <Stack>
      <div>
        <Title order={2}>{w.invited(organization)}</Title>
        <Text size="sm">{w.invitedAs(email, t.account.role[role])}</Text>
        <Text size="xs" c="dimmed">
          {w.goodUntil(format.dateTime(expires_at))}
        </Text>
      </div>
      {has_account ? <AcceptAsSelf token={token} email={email} /> : <AcceptAnew token={token} email={email} />}
    </Stack>
  );
}

function AcceptAnew({ token, email }: { readonly token: string; readonly email: string }) {
  const w = useWords(accountTexts);
  const go = useGo();
  const [fields, set] = useFields({ name: '', password: '' });
  const accept = useMutation({
    mutationFn: async () => {
      const { name, password } = fields;
      await answer(api.POST('/api/v1/invitations/accept', { body: { token, name: name.trim(), password } }));
      await session.signIn({ email, password });
    },
    onSuccess: () => go('/', { replace: true }),
  });
  const faults = faultsByField(accept.error);
  return (
    <Form save={accept} yes={w.acceptNew} fields={['name', 'password']}>
      <TextInput
        label={w.name}
        autoComplete="name"
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={faults['name']}
        required
        withAsterisk={false}
      />
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <PasswordInput
        label={w.newPassword}
        description={w.newPasswordHint}
        autoComplete="new-password"
        value={fields.password}
        onChange={(event) => set({ password: event.currentTarget.value })}
        error={faults['password']}
        required
        withAsterisk={false}
      />
    </Form>
  );
}

function AcceptAsSelf({ token, email }: { readonly token: string; readonly email: string }) {
  const w = useWords(accountTexts);
  const go = useGo();
  const state = useSession();
  const accept = useMutation({
    mutationFn: async () => {
      const { organization } = await answer(api.POST('/api/v1/users/me/accept-invitation', { body: { token } }));
      await session.changeOrganization(organization.id);
    },
    onSuccess: () => go('/', { replace: true }),
  });
  if (state.at === 'starting') return <Waiting />;
  if (state.at === 'out') return <SignInHere token={token} email={email} />;
  const own = state.me.user?.email ?? '';
  if (own.toLowerCase() !== email.toLowerCase()) {
    return (
      <Stack>
        <Text size="sm">{w.otherAccount(own)}</Text>
        <Button variant="default" onClick={() => void session.signOut()}>
          {w.end}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack>
      <ErrorNote cause={accept.error} />
      <Group justify="flex-end">
        <Button onClick={() => accept.mutate()} loading={accept.isPending}>
          {w.accept}
        </Button>
      </Group>
    </Stack>
  );
}

/** The invitation stays in sight. */
function SignInHere({ token, email }: { readonly token: string; readonly email: string }) {
  const t = useTexts();
  const go = useGo();
  const w = useWords(accountTexts);
  const [fields, set] = useFields({ password: '', code: '' });
  const signIn = useMutation({
    mutationFn: async () => {
      const { password, code } = fields;
      const shown = { password, ...(code !== '' && { code: code.trim() }) };
      try {
        await session.signIn({ email, ...shown });
        session.stay();
      } catch (cause) {
        const faults = faultsByField(cause);
        if (!isApiError(cause) || cause.status !== 401 || 'code' in faults || 'organization_id' in faults) throw cause;
        // who is a member of nothing any more is refused like who is wrong: the invitation itself takes his password
        await answer(api.POST('/api/v1/invitations/accept', { body: { token, ...shown } }));
        await session.signIn({ email, password }).catch(() => undefined); // a code is good once: the next page asks for another
        go('/', { replace: true });
      }
    },
  });
  const faults = faultsByField(signIn.error);
  const wantsCode = 'code' in faults;
  return (
    <Form save={signIn} yes={t.signIn.submit} fields={['code']}>
      <Text size="sm">{w.hasAccount}</Text>
      <PasswordInput
        label={t.signIn.password}
        autoComplete="current-password"
        value={fields.password}
        onChange={(event) => set({ password: event.currentTarget.value })}
        required
        withAsterisk={false}
      />
      {wantsCode && (
        <TextInput
          label={t.signIn.code}
          description={t.signIn.codeHint}
          autoComplete="one-time-code"
          value={fields.code}
          onChange={(event) => set({ code: event.currentTarget.value })}
          error={fields.code === '' ? undefined : faults['code']}
          required
          withAsterisk={false}
        />
      )}
    </Form>
  );
}
