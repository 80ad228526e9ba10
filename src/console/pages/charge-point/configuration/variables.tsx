/** The device model of a station of OCPP 2.x: its variables, found by a word, as it last told them. */
import { Button, Group, Stack, Switch, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../api/client.ts';
import { answer, api, onlyOnce } from '../../../api/client.ts';
import type { ChargePoint } from '../../../api/fleet.ts';
import { useMay } from '../../../api/use-session.ts';
import { configuration } from '../../../texts/configuration.ts';
import { useFormat, useTexts } from '../../../texts/use-texts.ts';
import { useWords } from '../../../texts/words.ts';
import { ErrorNote, tellDone } from '../../../ui/error-note.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { useNow } from '../../../ui/live.tsx';
import { Card, Empty, Section } from '../../../ui/page.tsx';
import { More, usePages } from '../../../ui/pages-of.tsx';
import { type Column, Rows } from '../../../ui/rows.tsx';
import { Typed } from '../../../ui/typed.tsx';
import { useParam } from '../../../ui/use-param.ts';
import { Waiting } from '../../../ui/waiting.tsx';
import type { Setting } from './change.tsx';

type Variable = Schemas['DeviceVariable'];

const isWritable = ({ mutability }: Variable): boolean => mutability !== 'ReadOnly';
const settingOf = (each: Variable): Setting => ({
  key: each.key,
  value: each.value,
  secret: each.secret,
  expected: null,
  drift: false,
  readonly: !isWritable(each),
  limits: { unit: each.unit, min: each.min_limit, max: each.max_limit },
  among:
    each.data_type === 'boolean' ? ['true', 'false'] : (each.values_list?.split(',').map((one) => one.trim()) ?? []),
});

export function Variables(props: {
  readonly chargePoint: ChargePoint;
  readonly change: ((setting: Setting) => void) | undefined;
}) {
  const { chargePoint, change } = props;
  const w = useWords(configuration);
  const [given, setGiven] = useParam('q');
  const [writable, setWritable] = useParam('writable');
  const [word] = useDebouncedValue(given.trim(), 300);
  const { id } = chargePoint;
  const pages = usePages({
    queryKey: ['variables', id, word, writable],
    everyMs: 15_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/charge-points/{id}/device-model/variables', {
          params: {
            path: { id },
            query: {
              limit: 100,
              ...(word !== '' && { q: word }),
              ...(writable !== '' && { writable: true }),
              ...(cursor !== undefined && { cursor }),
            },
          },
        }),
      ),
  });
  const rows = pages.rows?.map((each) => ({ ...each, id: each.key }));
  const columns: Column<Variable & { readonly id: string }>[] = [
    {
      name: w.columns.key,
      of: ({ key, gone_at: gone }) => (
        <>
          <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {key}
          </Text>
          {gone !== null && (
            <Text size="xs" c="dimmed">
              {w.gone}
            </Text>
          )}
        </>
      ),
    },
    {
      name: w.columns.value,
      of: ({ key, value, secret, unit, mutability }) => (
        <span className="mono" data-setting={key}>
          {secret ? w.secret : (value ?? (mutability === 'WriteOnly' ? w.writeOnly : w.notTold))} {unit}
        </span>
      ),
    },
    {
      name: w.columns.limits,
      from: 'md',
      of: ({ min_limit: min, max_limit: max, values_list: among, mutability }) => (
        <Text size="xs" c="dimmed">
          {mutability === 'ReadOnly' ? w.readOnly : (among ?? (min !== null && max !== null ? `${min} – ${max}` : ''))}
        </Text>
      ),
    },
    {
      name: w.change,
      isAction: true,
      of: (each) =>
        change !== undefined &&
        isWritable(each) && (
          <Button
            size="xs"
            variant="default"
            onClick={() => change(settingOf(each))}
            aria-label={w.changeTitle(each.key)}
          >
            {w.change}
          </Button>
        ),
    },
  ];
  return (
    <Section title={w.variables} actions={<Inventory chargePoint={chargePoint} />}>
      <Group gap="md">
        <Typed
          aria-label={w.search}
          placeholder={w.search}
          leftSection={<Icon name="search" size={16} />}
          given={given}
          change={setGiven}
          maxLength={100}
          style={{ flex: '1 1 14rem' }}
          maw={360}
        />
        <Switch
          label={w.onlyWritable}
          checked={writable !== ''}
          onChange={(event) => setWritable(event.currentTarget.checked ? '1' : '')}
        />
      </Group>
      <ErrorNote cause={pages.error} />
      {rows === undefined && pages.error === null && <Waiting />}
      {rows !== undefined && (
        <Stack>
          <Card p={0} label={w.variables}>
            {rows.length === 0 ? (
              <Empty
                icon={word === '' ? 'settings' : 'search'}
                title={word === '' ? w.empty : w.noMatch}
                {...(word === '' && { hint: chargePoint.connected ? w.emptyHint : w.emptyOffline })}
              />
            ) : (
              <Rows rows={rows} columns={columns} />
            )}
          </Card>
          <More pages={pages} />
        </Stack>
      )}
    </Section>
  );
}

function Inventory({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const t = useTexts();
  const w = useWords(configuration);
  const format = useFormat();
  const now = useNow(5_000);
  const mayCommand = useMay('write:commands');
  const { id, connected } = chargePoint;
  const { data } = useQuery({
    queryKey: ['device-model', id],
    queryFn: () => answer(api.GET('/api/v1/charge-points/{id}/device-model', { params: { path: { id } } })),
    refetchInterval: 15_000,
  });
  const ask = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/charge-points/{id}/device-model/reports', {
          params: { path: { id }, header: onlyOnce() },
          body: { base: 'full_inventory' },
        }),
      ),
    onSuccess: () => tellDone(w.reportSent, t),
  });
  return (
    <Group gap="sm">
      {data !== undefined && data.inventory !== null && (
        <Text size="sm" c="dimmed">
          {w.inventory(data.attributes, format.ago(data.inventory.at, now))}
        </Text>
      )}
      {mayCommand && (
        <Button
          variant="default"
          leftSection={<Icon name="refresh" size={16} />}
          onClick={() => ask.mutate()}
          loading={ask.isPending}
          disabled={!connected}
          {...(!connected && { title: w.emptyOffline })}
        >
          {w.report}
        </Button>
      )}
      <ErrorNote cause={ask.error} />
    </Group>
  );
}
