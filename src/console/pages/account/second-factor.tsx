/** The second factor: set up with an authenticator, recovery codes shown once, new codes, and off again. */
import { Alert, Anchor, Button, Group, PasswordInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { answer, api, done, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { accountTexts } from '../../texts/account.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Dialog, Form } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Copyable, Section } from '../../ui/page.tsx';
import { saveText } from '../../ui/save-file.ts';
import { Status } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';

const QrCode = lazy(() => import('../../ui/qr-code.tsx'));
type Step = 'setUp' | 'newCodes' | 'takeOff';

export function SecondFactor() {
  const t = useTexts();
  const w = useWords(accountTexts);
  const queries = useQueryClient();
  const [step, setStep] = useState<Step>();
  const [codes, setCodes] = useState<readonly string[]>();
  const { data, error, refetch } = useQuery({
    queryKey: ['second-factor'],
    queryFn: () => answer(api.GET('/api/v1/users/me/second-factor')),
  });
  const changed = (): Promise<unknown> =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['second-factor'] }),
      queries.invalidateQueries({ queryKey: ['logins'] }),
    ]);
  const got = async (made: readonly string[]): Promise<void> => {
    setCodes(made);
    await changed();
  };
  const close = (): void => {
    setStep(undefined);
    setCodes(undefined);
  };
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  const title = codes !== undefined ? w.codes : step === undefined ? undefined : w[step];
  return (
    <Section title={w.factor}>
      <Card label={w.factor}>
        <Group justify="space-between">
          <Stack gap={4} style={{ flex: '1 1 18rem' }}>
            <Status tone={data.enabled ? 'ok' : 'off'} hollow={!data.enabled}>
              {data.enabled ? t.webhooks.state.active : t.webhooks.state.disabled}
            </Status>
            <Text size="sm" c="dimmed" maw={620}>
              {data.enabled ? w.factorOn(data.recovery_codes_left) : w.factorOff}
            </Text>
          </Stack>
          {data.enabled ? (
            <Group gap="xs">
              <Button variant="default" onClick={() => setStep('newCodes')}>
                {w.newCodes}
              </Button>
              <Button variant="default" c="var(--bad)" onClick={() => setStep('takeOff')}>
                {w.takeOff}
              </Button>
            </Group>
          ) : (
            <Button onClick={() => setStep('setUp')}>{w.setUp}</Button>
          )}
        </Group>
      </Card>
      <Dialog title={title} close={close}>
        {codes !== undefined && <Codes codes={codes} close={close} />}
        {codes === undefined && step === 'setUp' && <SetUp got={got} />}
        {codes === undefined && step === 'newCodes' && <NewCodes got={got} />}
        {codes === undefined && step === 'takeOff' && (
          <TakeOff
            gone={async () => {
              close();
              tellDone(w.saved, t);
              await changed();
            }}
          />
        )}
      </Dialog>
    </Section>
  );
}

type Got = { readonly got: (codes: readonly string[]) => Promise<void> };

function SetUp({ got }: Got) {
  const w = useWords(accountTexts);
  const [password, setPassword] = useState('');
  const begin = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/users/me/second-factor', { params: { header: onlyOnce() }, body: { password } })),
  });
  if (begin.data !== undefined) return <ConfirmIt {...begin.data} got={got} />;
  return (
    <Form save={begin} yes={w.goOn} fields={['password']}>
      <AskPassword value={password} change={setPassword} fault={faultsByField(begin.error)['password']} />
    </Form>
  );
}

function ConfirmIt({ secret, otpauth_uri: uri, got }: Got & { readonly secret: string; readonly otpauth_uri: string }) {
  const w = useWords(accountTexts);
  const [code, setCode] = useState('');
  const confirm = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/users/me/second-factor/confirm', {
          params: { header: onlyOnce() },
          body: { code: code.trim() },
        }),
      ),
    onSuccess: ({ recovery_codes }) => got(recovery_codes),
  });
  return (
    <Form save={confirm} yes={w.confirm} fields={['code']}>
      <Text size="sm">{w.scan}</Text>
      <Suspense fallback={<Waiting />}>
        <QrCode text={uri} label={w.qr} />
      </Suspense>
      <Copyable text={secret} label={w.secret} />
      <Anchor href={uri} size="sm">
        {w.openApp}
      </Anchor>
      <AskCode value={code} change={setCode} fault={faultsByField(confirm.error)['code']} />
    </Form>
  );
}

function NewCodes({ got }: Got) {
  const w = useWords(accountTexts);
  const [code, setCode] = useState('');
  const renew = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/users/me/second-factor/recovery-codes', {
          params: { header: onlyOnce() },
          body: { code: code.trim() },
        }),
      ),
    onSuccess: ({ recovery_codes }) => got(recovery_codes),
  });
  return (
    <Form save={renew} yes={w.newCodes} fields={['code']}>
      <Text size="sm">{w.newCodesHint}</Text>
      <AskCode value={code} change={setCode} fault={faultsByField(renew.error)['code']} />
    </Form>
  );
}

function TakeOff({ gone }: { readonly gone: () => Promise<void> }) {
  const w = useWords(accountTexts);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const remove = useMutation({
    mutationFn: () =>
      done(
        api.POST('/api/v1/users/me/second-factor/remove', {
          params: { header: onlyOnce() },
          body: { password, code: code.trim() },
        }),
      ),
    onSuccess: gone,
  });
  const faults = faultsByField(remove.error);
  return (
    <Form save={remove} yes={w.takeOff} fields={['password', 'code']}>
      <Text size="sm">{w.takeOffHint}</Text>
      <AskPassword value={password} change={setPassword} fault={faults['password']} />
      <AskCode value={code} change={setCode} fault={faults['code']} />
    </Form>
  );
}

type Asked = {
  readonly value: string;
  readonly change: (value: string) => void;
  readonly fault: string | undefined;
};

function AskPassword({ value, change, fault }: Asked) {
  const w = useWords(accountTexts);
  return (
    <PasswordInput
      label={w.askPassword}
      autoComplete="current-password"
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      error={fault}
      data-autofocus
      required
      withAsterisk={false}
    />
  );
}

function AskCode({ value, change, fault }: Asked) {
  const t = useTexts();
  const w = useWords(accountTexts);
  return (
    <TextInput
      label={w.code}
      description={t.signIn.codeHint}
      autoComplete="one-time-code"
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      error={fault}
      maxLength={64}
      required
      withAsterisk={false}
    />
  );
}

function Codes({ codes, close }: { readonly codes: readonly string[]; readonly close: () => void }) {
  const w = useWords(accountTexts);
  return (
    <Stack>
      <Alert variant="default" c="var(--warn)" icon={<Icon name="key" />} title={w.codes}>
        <Text size="sm">{w.codesHint}</Text>
      </Alert>
      <SimpleGrid component="ol" cols={2} spacing="xs" m={0} p={0} style={{ listStyle: 'none' }} data-codes>
        {codes.map((code) => (
          <li key={code} className="mono">
            {code}
          </li>
        ))}
      </SimpleGrid>
      <Group justify="flex-end">
        <Button
          variant="default"
          leftSection={<Icon name="download" size={16} />}
          onClick={() => saveText(`${codes.join('\n')}\n`, 'dynamo-recovery-codes.txt')}
        >
          {w.codesSave}
        </Button>
        <Button onClick={close}>{w.codesDone}</Button>
      </Group>
    </Stack>
  );
}
