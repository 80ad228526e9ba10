/** Signing in: password, second factor where the account has one, or the provider of the organization. */
import { Anchor, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { faultsByField } from '../api/errors.ts';
import { session } from '../api/session.ts';
import { useTexts } from '../texts/use-texts.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { FrontDoor } from '../ui/front-door.tsx';
import { Icon } from '../ui/icons.tsx';

const ORGANIZATION = 'dynamo.sso';

export function SignIn({ hasEnded }: { readonly hasEnded: boolean }) {
  const t = useTexts();
  const [isSso, setSso] = useState(false);
  return (
    <FrontDoor
      below={
        <Text size="xs" c="dimmed" ta="center" mt="md">
          {t.signIn.first}
        </Text>
      }
    >
      {hasEnded && (
        <Text size="sm" mb="md" role="status">
          {t.signIn.ended}
        </Text>
      )}
      {isSso ? <ByProvider back={() => setSso(false)} /> : <ByPassword sso={() => setSso(true)} />}
    </FrontDoor>
  );
}

function ByPassword({ sso }: { readonly sso: () => void }) {
  const t = useTexts();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [wantsCode, setWantsCode] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    try {
      await session.signIn({ email, password, ...(code !== '' && { code }) });
    } catch (cause) {
      const isAboutCode = 'code' in faultsByField(cause);
      if (isAboutCode) setWantsCode(true);
      // that a code is wanted is no fault of anybody
      if (!isAboutCode || wantsCode) setFault(cause);
      setCode('');
      setBusy(false);
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        {wantsCode ? (
          <>
            <Text size="sm">{t.signIn.codeWanted}</Text>
            <TextInput
              label={t.signIn.code}
              description={t.signIn.codeHint}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              autoComplete="one-time-code"
              inputMode="text"
              data-autofocus
              ref={(input) => input?.focus()}
              required
              withAsterisk={false}
            />
          </>
        ) : (
          <>
            <TextInput
              label={t.signIn.email}
              type="email"
              autoComplete="username"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              required
              withAsterisk={false}
            />
            <PasswordInput
              label={t.signIn.password}
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              required
              withAsterisk={false}
            />
          </>
        )}
        <ErrorNote cause={fault} />
        <Button type="submit" loading={isBusy} fullWidth>
          {t.signIn.submit}
        </Button>
        <Group justify="space-between">
          <Anchor component="button" type="button" size="sm" onClick={wantsCode ? () => setWantsCode(false) : sso}>
            {wantsCode ? t.signIn.back : t.signIn.sso}
          </Anchor>
          {!wantsCode && (
            <Anchor component={Link} to="/password-reset" size="sm">
              {t.signIn.forgotten}
            </Anchor>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** The provider sends back to / with a refresh cookie; no token stands in any address. */
function ByProvider({ back }: { readonly back: () => void }) {
  const t = useTexts();
  const [search] = useSearchParams();
  const [organization, setOrganization] = useState(
    search.get('organization') ?? localStorage.getItem(ORGANIZATION) ?? '',
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        localStorage.setItem(ORGANIZATION, organization.trim());
        window.location.assign(`/api/v1/auth/sso/${encodeURIComponent(organization.trim())}/start`);
      }}
    >
      <Stack>
        <TextInput
          label={t.signIn.sso}
          description={t.signIn.ssoHint}
          value={organization}
          onChange={(event) => setOrganization(event.currentTarget.value)}
          leftSection={<Icon name="key" size={16} />}
          required
          withAsterisk={false}
        />
        <Button type="submit" fullWidth>
          {t.signIn.ssoGo}
        </Button>
        <Anchor component="button" type="button" size="sm" onClick={back}>
          {t.signIn.back}
        </Anchor>
      </Stack>
    </form>
  );
}
