/** All charge points: what they are doing now, found by a word or a state. */
import { Button, Checkbox, Group, SegmentedControl, Text } from '@mantine/core';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { type ChargePoint, isIn, nameOf, type State } from '../api/fleet.ts';
import { useMay } from '../api/use-session.ts';
import { bulk } from '../texts/bulk.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { CutNote } from '../ui/cut-note.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Icon } from '../ui/icons.tsx';
import { useChargePoints, useNow } from '../ui/live.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { type Column, Rows } from '../ui/rows.tsx';
import { Connection, ConnectorSummary } from '../ui/status.tsx';
import { Typed } from '../ui/typed.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { Welcome } from '../ui/welcome.tsx';
import { Selection, useSelection } from './charge-points/selection.tsx';

const states = ['all', 'online', 'offline', 'charging', 'faulted'] as const;

export default function ChargePoints() {
  const t = useTexts();
  const mayWrite = useMay('write:charge_points');
  const { fleet, error } = useChargePoints();
  return (
    <Page
      title={t.chargePoints.title}
      actions={
        <>
          <Button component={Link} to="/charge-points/templates" variant="default">
            {t.chargePoints.templates}
          </Button>
          <Button component={Link} to="/charge-points/refused" variant="default">
            {t.chargePoints.unknown}
          </Button>
          {mayWrite && (
            <Button component={Link} to="/connect" leftSection={<Icon name="add" size={16} />}>
              {t.chargePoints.add}
            </Button>
          )}
        </>
      }
    >
      <ErrorNote cause={error} />
      <CutNote />
      {fleet === undefined && error === null && <Waiting />}
      {fleet !== undefined && fleet.all.length === 0 && <Welcome />}
      {fleet !== undefined && fleet.all.length > 0 && <Found all={fleet.all} isComplete={fleet.isComplete} />}
    </Page>
  );
}

const isFound = ({ name, identity, vendor, model, reported }: ChargePoint, word: string): boolean =>
  [name, identity, vendor, model, reported.vendor, reported.model].some((text) => text?.toLowerCase().includes(word));

function Found({ all, isComplete }: { readonly all: readonly ChargePoint[]; readonly isComplete: boolean }) {
  const t = useTexts();
  const [search, setSearch] = useSearchParams();
  const word = search.get('q') ?? '';
  const state = states.find((each) => each === search.get('state')) ?? 'all';
  const change = (name: string, value: string): void =>
    setSearch(
      (before) => {
        if (value === '') before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true },
    );
  const found = useMemo(() => {
    const lower = word.trim().toLowerCase();
    return all.filter(
      (each) => (state === 'all' || isIn(each, state as State)) && (lower === '' || isFound(each, lower)),
    );
  }, [all, word, state]);
  const selection = useSelection();

  return (
    <>
      <Group gap="sm">
        <Typed
          style={{ flex: '1 1 16rem' }}
          maw={420}
          aria-label={t.chargePoints.filter}
          placeholder={t.chargePoints.filter}
          leftSection={<Icon name="search" size={16} />}
          given={word}
          change={(text) => change('q', text)}
        />
        <SegmentedControl
          aria-label={t.chargePoints.state}
          value={state}
          onChange={(value) => change('state', value === 'all' ? '' : value)}
          data={states.map((value) => ({ value, label: t.chargePoints.states[value] }))}
        />
        <Text size="sm" c="dimmed" role="status">
          {isComplete ? t.common.of(found.length, all.length) : t.chargePoints.loadingMore(all.length)}
        </Text>
      </Group>
      <Card p={0} label={t.chargePoints.title}>
        {found.length === 0 ? (
          <Empty icon="search" title={t.chargePoints.noMatch}>
            <Button variant="default" size="xs" onClick={() => setSearch({}, { replace: true })}>
              {t.chargePoints.clear}
            </Button>
          </Empty>
        ) : (
          <List found={found} selection={selection} key={`${word} ${state}`} />
        )}
      </Card>
      <Selection selection={selection} />
    </>
  );
}

function List(props: { readonly found: readonly ChargePoint[]; readonly selection: ReturnType<typeof useSelection> }) {
  const { found, selection } = props;
  const t = useTexts();
  const w = useWords(bulk);
  const format = useFormat();
  const now = useNow(15_000);
  const areAll = found.every(({ id }) => selection.ids.has(id));
  const choice: Column<ChargePoint> = {
    ...{ name: w.selectAll, from: 'xs', width: 40 },
    head: (
      <Checkbox
        aria-label={w.selectAll}
        checked={areAll}
        indeterminate={!areAll && selection.ids.size > 0}
        onChange={() => selection.put(areAll ? [] : found.map(({ id }) => id))}
      />
    ),
    of: (each) => (
      <Checkbox
        className="above-link"
        aria-label={w.selectOne(nameOf(each))}
        checked={selection.ids.has(each.id)}
        onChange={() => selection.toggle(each.id)}
      />
    ),
  };
  const columns: Column<ChargePoint>[] = [
    ...(selection.isOn ? [choice] : []),
    { name: t.chargePoints.columns.name, of: (each) => <Named chargePoint={each} /> },
    { name: t.chargePoints.columns.state, of: (each) => <Connection chargePoint={each} /> },
    { name: t.chargePoints.columns.connectors, of: (each) => <ConnectorSummary chargePoint={each} /> },
    {
      ...{ name: t.chargePoints.columns.model, from: 'md' },
      of: ({ vendor, model, reported }) =>
        [vendor ?? reported.vendor, model ?? reported.model].filter(Boolean).join(' ') || t.common.none,
    },
    {
      ...{ name: t.chargePoints.columns.seen, from: 'lg' },
      of: ({ last_seen_at: seen }) => (seen === null ? t.common.never : format.ago(seen, now)),
    },
  ];
  return <Rows rows={found} columns={columns} isChosen={({ id }) => selection.ids.has(id)} />;
}

function Named({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const { id, identity, name } = chargePoint;
  return (
    <>
      <Link className="row-link" to={`/charge-points/${id}`}>
        {nameOf(chargePoint)}
      </Link>
      {name !== null && (
        <Text size="xs" c="dimmed">
          {identity}
        </Text>
      )}
    </>
  );
}
