/** From "no charger" to a connected one: register, enter three values, watch it arrive, and what went wrong if it does not. */
import { Alert, Button, Group, Loader, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link, useLocation, useParams, useSearchParams } from 'react-router';
import { answer, api, onlyOnce } from '../api/client.ts';
import { faultsByField } from '../api/errors.ts';
import { type ChargePoint, chargePointQuery, nameOf, putIntoFleet } from '../api/fleet.ts';
import { useMay } from '../api/use-session.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { Confirm, type Question } from '../ui/confirm.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Icon } from '../ui/icons.tsx';
import { useNow } from '../ui/live.tsx';
import { Card, Copyable, Page } from '../ui/page.tsx';
import { useGo } from '../ui/use-go.ts';
import { Waiting } from '../ui/waiting.tsx';
import { refusedQuery, whyRefused } from './unknown-charge-points.tsx';

const QrCode = lazy(() => import('../ui/qr-code.tsx'));

export default function Connect() {
  const { id } = useParams();
  const t = useTexts();
  return (
    <Page title={t.connect.title} above={{ to: '/charge-points', title: t.chargePoints.title }}>
      {id === undefined ? <Register /> : <Arrival key={id} id={id} />}
    </Page>
  );
}

const profiles = [0, 1, 2, 3] as const;

function Register() {
  const { connect: t } = useTexts();
  const queries = useQueryClient();
  const navigate = useGo();
  const [search] = useSearchParams();
  const [identity, setIdentity] = useState(search.get('identity') ?? '');
  const [name, setName] = useState('');
  const [profile, setProfile] = useState<number>(window.location.protocol === 'https:' ? 2 : 1);
  const register = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/charge-points', {
          params: { header: onlyOnce() },
          body: {
            identity: identity.trim(),
            security_profile: profile,
            ...(name.trim() !== '' && { name: name.trim() }),
          },
        }),
      ),
    onSuccess: ({ key, ...made }) => {
      putIntoFleet(queries, made);
      // in the history of this tab alone, so that the page may be left and come back to
      navigate(`/connect/${made.id}`, { state: { key } });
    },
  });
  const faults = faultsByField(register.error);
  return (
    <Card>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          register.mutate();
        }}
      >
        <Stack maw={520}>
          <TextInput
            label={t.identity}
            description={t.identityHint}
            value={identity}
            onChange={(event) => setIdentity(event.currentTarget.value)}
            error={faults['identity']}
            maxLength={48}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <TextInput
            label={t.name}
            description={t.nameHint}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={faults['name']}
            autoComplete="off"
          />
          <Select
            label={t.security}
            data={profiles.map((value) => ({ value: String(value), label: t.profiles[value] }))}
            value={String(profile)}
            onChange={(value) => setProfile(Number(value ?? profile))}
            allowDeselect={false}
          />
          <ErrorNote cause={register.error} except={['identity', 'name']} />
          <Group>
            <Button type="submit" loading={register.isPending}>
              {t.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

/** The key is handed over by whoever has just made it; a page that is loaded anew does not have it. */
const keyOf = (state: unknown): string | undefined => {
  const key: unknown = typeof state === 'object' && state !== null ? Reflect.get(state, 'key') : undefined;
  return typeof key === 'string' ? key : undefined;
};

function Arrival({ id }: { readonly id: string }) {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    ...chargePointQuery(queries, id),
    refetchInterval: ({ state }) => (state.data?.connected === true ? false : 2_000),
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  return (
    <Stack gap="lg">
      {data.connected ? <Arrived chargePoint={data} /> : <NotYet chargePoint={data} />}
      <Values chargePoint={data} />
    </Stack>
  );
}

function Values({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const { connect: t } = useTexts();
  const { id, identity, security_profile: profile, ocpp_url: whole } = chargePoint;
  const mayWrite = useMay('write:charge_points');
  const [key, setKey] = useState(keyOf(useLocation().state));
  const [question, setQuestion] = useState<Question>();
  const askNewKey = (): void =>
    setQuestion({
      title: t.newKeyTitle(nameOf(chargePoint)),
      text: t.newKeyText,
      yes: t.newKey,
      async do() {
        const made = await answer(
          api.POST('/api/v1/charge-points/{id}/rotate-key', { params: { path: { id }, header: onlyOnce() }, body: {} }),
        );
        setKey(made.key);
      },
    });
  return (
    <Card label={t.enterTitle}>
      <Title order={2}>{t.enterTitle}</Title>
      <Text size="sm" c="dimmed" mb="md">
        {t.enterHint}
      </Text>
      <Stack maw={620}>
        <Value label={t.url} hint={t.urlHint} text={whole.slice(0, whole.lastIndexOf('/'))} />
        <Value label={t.identity} text={identity} />
        {profile !== 0 && profile !== 3 && (
          <div>
            {key === undefined ? (
              <>
                <Text size="sm" fw={500}>
                  {t.key}
                </Text>
                <Text size="sm" c="dimmed">
                  {t.keyGone}
                </Text>
              </>
            ) : (
              <Value label={t.key} hint={t.keyOnce} text={key} />
            )}
            {mayWrite && (
              <Button
                mt="xs"
                size="xs"
                variant="default"
                leftSection={<Icon name="key" size={14} />}
                onClick={askNewKey}
              >
                {t.newKey}
              </Button>
            )}
          </div>
        )}
        <Value label={t.wholeUrl} text={whole} />
        <div>
          <Text size="sm" fw={500}>
            {t.qr}
          </Text>
          <Text size="xs" c="dimmed" mb={4}>
            {t.qrHint}
          </Text>
          <Suspense>
            <QrCode text={whole} label={t.qr} />
          </Suspense>
        </div>
      </Stack>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Card>
  );
}

function Value({ label, hint, text }: { readonly label: string; readonly hint?: string; readonly text: string }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      {hint !== undefined && (
        <Text size="xs" c="dimmed" mb={4}>
          {hint}
        </Text>
      )}
      <Copyable text={text} label={label} />
    </div>
  );
}

function Arrived({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const {
    connect: t,
    chargePoint: { commission },
  } = useTexts();
  const { id, protocol, reported } = chargePoint;
  const what = [reported.vendor, reported.model].filter(Boolean).join(' ');
  return (
    <Alert
      variant="default"
      c="var(--ok)"
      icon={<Icon name="check" />}
      title={t.arrived(nameOf(chargePoint))}
      role="status"
    >
      <Text size="sm">
        {t.arrivedHint} {protocol !== null && t.speaks(protocol)} {what}
      </Text>
      <Group mt="sm">
        <Button component={Link} to={`/charge-points/${id}`}>
          {t.open}
        </Button>
        <Button component={Link} to={`/charge-points/${id}/commission`} variant="default">
          {commission}
        </Button>
        <Button component={Link} to="/connect" variant="default">
          {t.another}
        </Button>
      </Group>
    </Alert>
  );
}

const PATIENCE_MS = 60_000;

function NotYet({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow();
  const [since] = useState(now);
  const { data } = useQuery(refusedQuery);
  const begun = new Date(chargePoint.created_at).getTime();
  const knocks = (data?.data ?? []).filter(({ charge_point_id, reason, last_seen_at }) => {
    const isRecent = new Date(last_seen_at).getTime() >= begun - PATIENCE_MS;
    return (
      isRecent && (charge_point_id === chargePoint.id || (charge_point_id === null && reason === 'unknown_identity'))
    );
  });
  return (
    <Card label={t.connect.waiting}>
      <Group wrap="nowrap" align="flex-start">
        <Loader size="sm" mt={4} aria-hidden="true" />
        <div role="status">
          <Title order={2}>{t.connect.waiting}</Title>
          <Text size="sm" c="dimmed">
            {t.connect.waitingHint}
          </Text>
          {knocks.length === 0 && now - since > PATIENCE_MS && (
            <Text size="sm" mt="sm">
              {t.connect.nothing}
            </Text>
          )}
        </div>
      </Group>
      {knocks.slice(0, 3).map((knock) => (
        <Alert
          key={`${knock.identity} ${knock.reason}`}
          mt="md"
          variant="default"
          c="var(--warn)"
          icon={<Icon name="warning" />}
          title={`${t.connect.knocked}: ${knock.identity}`}
        >
          <Text size="sm">{whyRefused(knock.reason, t)}</Text>
          <Text size="xs" c="dimmed">
            {format.ago(knock.last_seen_at, now)} · {knock.remote_address}
          </Text>
        </Alert>
      ))}
    </Card>
  );
}
