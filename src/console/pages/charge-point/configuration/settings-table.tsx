/** Settings with what templates expect of them, found by a word. */
import { Alert, Badge, Button, Group, Switch, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { configuration } from '../../../texts/configuration.ts';
import { useTexts } from '../../../texts/use-texts.ts';
import { useWords } from '../../../texts/words.ts';
import { Icon } from '../../../ui/icons.tsx';
import { Card, Empty, Section } from '../../../ui/page.tsx';
import { type Column, Rows } from '../../../ui/rows.tsx';
import { Status } from '../../../ui/status.tsx';
import { Typed } from '../../../ui/typed.tsx';
import { useParam } from '../../../ui/use-param.ts';
import type { Setting } from './change.tsx';

export function SettingsTable(props: {
  readonly title?: string;
  readonly settings: readonly Setting[];
  readonly unknownKeys: readonly string[];
  readonly change: ((setting: Setting) => void) | undefined;
  readonly children: ReactNode;
}) {
  const { title, settings, unknownKeys, change, children } = props;
  const t = useTexts();
  const w = useWords(configuration);
  const [word, setWord] = useParam('q');
  const [drift, setDrift] = useParam('drift');
  const lower = word.trim().toLowerCase();
  const found = settings
    .filter((each) => (drift === '' || each.drift) && each.key.toLowerCase().includes(lower))
    .map((each) => ({ ...each, id: each.key }));
  const columns: Column<Setting & { readonly id: string }>[] = [
    {
      name: w.columns.key,
      of: ({ key, readonly }) => (
        <>
          <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {key}
          </Text>
          {readonly === true && (
            <Text size="xs" c="dimmed">
              {w.readOnly}
            </Text>
          )}
        </>
      ),
    },
    { name: w.columns.value, of: (each) => <Value setting={each} /> },
    { name: w.columns.expected, from: 'md', of: ({ expected }) => <span className="mono">{expected ?? ''}</span> },
    {
      name: w.change,
      isAction: true,
      of: (each) =>
        change !== undefined &&
        each.readonly !== true && (
          <Button size="xs" variant="default" onClick={() => change(each)} aria-label={w.changeTitle(each.key)}>
            {w.change}
          </Button>
        ),
    },
  ];
  const table = (
    <>
      <Group gap="md" justify="space-between">
        <Group gap="md" style={{ flex: '1 1 20rem' }}>
          <Typed
            aria-label={w.search}
            placeholder={w.search}
            leftSection={<Icon name="search" size={16} />}
            given={word}
            change={setWord}
            style={{ flex: '1 1 14rem' }}
            maw={360}
          />
          {settings.some((each) => each.expected !== null) && (
            <Switch
              label={w.onlyDrift}
              checked={drift !== ''}
              onChange={(event) => setDrift(event.currentTarget.checked ? '1' : '')}
            />
          )}
          <Text size="sm" c="dimmed" role="status">
            {t.common.of(found.length, settings.length)}
          </Text>
        </Group>
        {children}
      </Group>
      <Card p={0} label={title ?? t.chargePoint.tabs.configuration}>
        {found.length === 0 ? <Empty icon="search" title={w.noMatch} /> : <Rows rows={found} columns={columns} />}
      </Card>
      {unknownKeys.length > 0 && (
        <Alert variant="default" c="var(--warn)" icon={<Icon name="warning" />} title={w.unknownKeys}>
          <Text size="sm">{unknownKeys.join(', ')}</Text>
        </Alert>
      )}
    </>
  );
  return title === undefined ? table : <Section title={title}>{table}</Section>;
}

function Value({ setting }: { readonly setting: Setting }) {
  const w = useWords(configuration);
  const { value, secret, expected, drift } = setting;
  return (
    <>
      {secret ? (
        <Badge>{w.secret}</Badge>
      ) : (
        <span className="mono" data-setting={setting.key}>
          {value ?? w.notTold}
        </span>
      )}
      {drift && (
        <>
          {' '}
          <Status tone="warn">{w.differs}</Status>
          <Text size="xs" c="dimmed" hiddenFrom="md">
            {w.columns.expected}: {expected}
          </Text>
        </>
      )}
    </>
  );
}
