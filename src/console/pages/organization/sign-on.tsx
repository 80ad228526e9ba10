/** Single sign-on: with which provider members sign in, who may come for the first time, and whether all of them must. Owners set it up. */
import { Button, Group, List, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done } from '../../api/client.ts';
import { isApiError } from '../../api/errors.ts';
import { useMe } from '../../api/use-session.ts';
import { signOnTexts } from '../../texts/sign-on.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Dialog } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Copyable, Empty, Fact } from '../../ui/page.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { SignOnForm } from './sign-on-form.tsx';

type SignOn = Schemas['SingleSignOn'];
const KEY = ['single-sign-on'] as const;

export default function SingleSignOn() {
  const w = useWords(signOnTexts);
  const queries = useQueryClient();
  const me = useMe();
  const isOwner = me.user?.role === 'owner';
  const [isEditing, setEditing] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    meta: { still: true }, // nothing changes under the hands of who writes
    queryFn: () =>
      answer(api.GET('/api/v1/organization/sso')).catch((cause: unknown) => {
        if (isApiError(cause) && cause.status === 404) return null; // there is none
        throw cause;
      }),
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  const close = (): void => setEditing(false);
  const edit = (
    <Button onClick={() => setEditing(true)} variant={data === null ? 'filled' : 'default'}>
      {data === null ? w.setUp : w.change}
    </Button>
  );
  return (
    <Stack>
      {data === null ? (
        <Card label={w.tab}>
          <Empty icon="key" title={w.none} hint={w.noneHint}>
            {isOwner ? edit : <OnlyOwners />}
          </Empty>
        </Card>
      ) : (
        <Kept signOn={data} actions={isOwner ? edit : undefined} />
      )}
      <Dialog title={isEditing ? (data === null ? w.setUp : w.tab) : undefined} close={close}>
        {data === null && <Steps organizationId={me.organization.id} />}
        <SignOnForm
          signOn={data ?? undefined}
          done={(saved) => {
            queries.setQueryData(KEY, saved);
            close();
          }}
        />
      </Dialog>
    </Stack>
  );
}

function OnlyOwners() {
  const w = useWords(signOnTexts);
  return (
    <Text size="sm" c="dimmed">
      {w.onlyOwners}
    </Text>
  );
}

/** Before there is anything: what to do at the provider. What is kept shows the address as the server knows it. */
function Steps({ organizationId }: { readonly organizationId: string }) {
  const w = useWords(signOnTexts);
  return (
    <Stack gap="xs" mb="md">
      <List type="ordered" size="sm" spacing={4}>
        {w.steps.map((step) => (
          <List.Item key={step}>{step}</List.Item>
        ))}
      </List>
      <Address name={w.redirect} address={`${window.location.origin}/api/v1/auth/sso/${organizationId}/callback`} />
    </Stack>
  );
}

function Kept({ signOn, actions }: { readonly signOn: SignOn; readonly actions: ReactNode }) {
  const t = useTexts();
  const w = useWords(signOnTexts);
  const queries = useQueryClient();
  const [question, setQuestion] = useState<Question>();
  const ask = (): void =>
    setQuestion({
      title: w.removeTitle,
      text: w.removeText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/organization/sso'));
        queries.setQueryData(KEY, null);
        tellDone(w.removed, t);
      },
    });
  return (
    <>
      <Card label={w.provider}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 2 }} component="dl" m={0}>
            <Fact name={w.issuer}>{signOn.issuer}</Fact>
            <Fact name={w.clientId}>{signOn.client_id}</Fact>
            <Fact name={w.domains}>{signOn.email_domains.join(', ')}</Fact>
            <Fact name={w.firstRole}>
              {signOn.default_role === null ? w.firstRoleNone : t.account.role[signOn.default_role]}
            </Fact>
            <Fact name={w.how}>{signOn.enforced ? w.enforcedOn : w.enforcedOff}</Fact>
          </SimpleGrid>
          {actions === undefined ? (
            <OnlyOwners />
          ) : (
            <Group>
              {actions}
              <Button variant="default" c="var(--bad)" leftSection={<Icon name="remove" size={16} />} onClick={ask}>
                {w.remove}
              </Button>
            </Group>
          )}
        </Stack>
      </Card>
      <Card label={w.redirect}>
        <Stack>
          <Address name={w.redirect} address={signOn.redirect_uri} />
          <Address name={w.start} hint={w.startHint} address={signOn.start_url} />
        </Stack>
      </Card>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

function Address(props: { readonly name: string; readonly hint?: string; readonly address: string }) {
  const { name, hint, address } = props;
  return (
    <div>
      <Text size="sm" fw={600}>
        {name}
      </Text>
      {hint !== undefined && (
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      )}
      <Copyable text={address} label={name} />
    </div>
  );
}
