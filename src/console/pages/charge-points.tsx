/** All charge points: what they are doing now, found by a word or a state. */
import { Button, Checkbox, Group, SegmentedControl, Table, Text, TextInput } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { Link, useSearchParams } from 'react-router';
import { type ChargePoint, isIn, nameOf, type State } from '../api/fleet.ts';
import { useMay } from '../api/use-session.ts';
import { bulk } from '../texts/bulk.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { Icon } from '../ui/icons.tsx';
import { useChargePoints, useNow } from '../ui/live.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { Connection, ConnectorSummary } from '../ui/status.tsx';
import { SteadyList, useSteady } from '../ui/steady.tsx';
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
  const format = useFormat();
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
    return all
      .filter((each) => (state === 'all' || isIn(each, state as State)) && (lower === '' || isFound(each, lower)))
      .sort((a, b) => nameOf(a).localeCompare(nameOf(b), format.locale, { numeric: true }));
  }, [all, word, state, format]);
  const selection = useSelection();

  return (
    <>
      <Group gap="sm">
        <TextInput
          style={{ flex: '1 1 16rem' }}
          maw={420}
          aria-label={t.chargePoints.filter}
          placeholder={t.chargePoints.filter}
          leftSection={<Icon name="search" size={16} />}
          value={word}
          onChange={(event) => change('q', event.currentTarget.value)}
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
          <Rows found={found} selection={selection} key={`${word} ${state}`} />
        )}
      </Card>
      <Selection selection={selection} />
    </>
  );
}

const ROW_PX = 49;
const DRAWN_WHOLE = 200;

type RowsNeeds = { readonly found: readonly ChargePoint[]; readonly selection: ReturnType<typeof useSelection> };

function Rows({ found, selection }: RowsNeeds) {
  const t = useTexts();
  const w = useWords(bulk);
  const areAll = found.every(({ id }) => selection.ids.has(id));
  const steady = useSteady(found);
  const place = useRef<HTMLTableSectionElement>(null);
  const isLong = steady.rows.length > DRAWN_WHOLE;
  const virtual = useWindowVirtualizer({
    count: steady.rows.length,
    estimateSize: () => ROW_PX,
    overscan: 15,
    scrollMargin: place.current?.offsetTop ?? 0,
    enabled: isLong,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = isLong ? [items[0]?.index ?? 0, (items.at(-1)?.index ?? 0) + 1] : [0, steady.rows.length];
  return (
    <SteadyList steady={steady}>
      <Table aria-rowcount={steady.rows.length}>
        <Table.Thead>
          <Table.Tr>
            {selection.isOn && (
              <Table.Th w={40} visibleFrom="xs">
                <Checkbox
                  aria-label={w.selectAll}
                  checked={areAll}
                  indeterminate={!areAll && selection.ids.size > 0}
                  onChange={() => selection.put(areAll ? [] : found.map(({ id }) => id))}
                />
              </Table.Th>
            )}
            <Table.Th>{t.chargePoints.columns.name}</Table.Th>
            <Table.Th>{t.chargePoints.columns.state}</Table.Th>
            <Table.Th>{t.chargePoints.columns.connectors}</Table.Th>
            <Table.Th visibleFrom="md">{t.chargePoints.columns.model}</Table.Th>
            <Table.Th visibleFrom="lg">{t.chargePoints.columns.seen}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody ref={place}>
          <Space rows={first} />
          {steady.rows.slice(first, last).map((each) => (
            <Row key={each.id} chargePoint={each} selection={selection} />
          ))}
          <Space rows={steady.rows.length - last} />
        </Table.Tbody>
      </Table>
    </SteadyList>
  );
}

/** What is not drawn keeps its height. */
const Space = ({ rows }: { readonly rows: number }) => (rows === 0 ? null : <tr style={{ height: rows * ROW_PX }} />);

function Row({ chargePoint, selection }: Pick<RowsNeeds, 'selection'> & { readonly chargePoint: ChargePoint }) {
  const t = useTexts();
  const w = useWords(bulk);
  const format = useFormat();
  const now = useNow(15_000);
  const { id, identity, name, vendor, model, reported, last_seen_at: seen } = chargePoint;
  return (
    <Table.Tr className="row" {...(selection.ids.has(id) && { bg: 'var(--mantine-primary-color-light)' })}>
      {selection.isOn && (
        <Table.Td visibleFrom="xs">
          <Checkbox
            className="above-link"
            aria-label={w.selectOne(nameOf(chargePoint))}
            checked={selection.ids.has(id)}
            onChange={() => selection.toggle(id)}
          />
        </Table.Td>
      )}
      <Table.Td>
        <Link className="row-link" to={`/charge-points/${id}`}>
          {nameOf(chargePoint)}
        </Link>
        {name !== null && (
          <Text size="xs" c="dimmed">
            {identity}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Connection chargePoint={chargePoint} />
      </Table.Td>
      <Table.Td>
        <ConnectorSummary chargePoint={chargePoint} />
      </Table.Td>
      <Table.Td visibleFrom="md">
        {[vendor ?? reported.vendor, model ?? reported.model].filter(Boolean).join(' ') || t.common.none}
      </Table.Td>
      <Table.Td visibleFrom="lg" className="numbers">
        {seen === null ? t.common.never : format.ago(seen, now)}
      </Table.Td>
    </Table.Tr>
  );
}
