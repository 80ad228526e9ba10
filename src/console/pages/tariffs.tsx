/** What charging costs: the tariffs, and where each of them holds. */
import { Button, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { answer, api } from '../api/client.ts';
import { useMay } from '../api/use-session.ts';
import type { Format } from '../format.ts';
import { tariffTexts } from '../texts/tariffs.ts';
import { useFormat } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages-of.tsx';
import { Rows } from '../ui/rows.tsx';
import { TabsOf } from '../ui/tabs-of.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { Assignments } from './tariff/assignments.tsx';

type Tariff = Schemas['Tariff'];
const units = { energy: 'kWh', time: 'h', idle: 'min', flat: '', reservation: 'h' } as const;

/** Such as 0.49 EUR/kWh + 0.80 EUR: of each kind the first. */
export function priceOf({ currency, components }: Tariff['terms'], format: Format, free: string): string {
  const firsts = components.filter(({ type }, at) => components.findIndex((each) => each.type === type) === at);
  if (firsts.length === 0) return free;
  const parts = firsts.map(({ type, price }) => {
    const hasMore = components.filter((each) => each.type === type).length > 1;
    const unit = units[type] === '' ? '' : `/${units[type]}`;
    return `${format.price(price)}${hasMore ? ' …' : ''} ${currency}${unit}`;
  });
  return parts.join(' + ');
}

export default function Tariffs() {
  const w = useWords(tariffTexts);
  const [search, setSearch] = useSearchParams();
  const mayWrite = useMay('write:billing');
  const add = mayWrite && (
    <Button component={Link} to="/tariffs/new" leftSection={<Icon name="add" size={16} />}>
      {w.add}
    </Button>
  );
  return (
    <Page title={w.title} actions={add}>
      <TabsOf
        tab={search.get('show') ?? undefined}
        change={(tab) => setSearch(tab === 'tariffs' ? {} : { show: tab }, { replace: true })}
        parts={[
          { id: 'tariffs', title: w.tabs.tariffs, content: <List add={add} /> },
          { id: 'assignments', title: w.tabs.assignments, content: <Assignments /> },
        ]}
      />
    </Page>
  );
}

function List({ add }: { readonly add: ReactNode }) {
  const w = useWords(tariffTexts);
  const format = useFormat();
  const { columns } = w;
  const pages = usePages({
    queryKey: ['tariffs', 'list'],
    ask: (cursor) => answer(api.GET('/api/v1/tariffs', { params: { query: { limit: 100, cursor } } })),
  });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  return (
    <Stack>
      <Card p={0} label={w.title}>
        {pages.rows.length === 0 ? (
          <Empty icon="tariff" title={w.empty} hint={w.emptyHint}>
            {add}
          </Empty>
        ) : (
          <Rows
            isOwn
            rows={pages.rows}
            columns={[
              {
                name: columns.name,
                of: ({ id, name, description }) => (
                  <>
                    <Link className="row-link" to={`/tariffs/${id}`}>
                      {name}
                    </Link>
                    {description !== null && (
                      <Text size="xs" c="dimmed" lineClamp={1}>
                        {description}
                      </Text>
                    )}
                  </>
                ),
              },
              { name: columns.price, of: ({ terms }) => priceOf(terms, format, w.free) },
              { name: columns.version, from: 'sm', isNumber: true, of: ({ version }) => version },
              {
                name: columns.changed,
                from: 'md',
                isNumber: true,
                of: ({ updated_at }) => format.dateTime(updated_at),
              },
            ]}
          />
        )}
      </Card>
      <More pages={pages} />
    </Stack>
  );
}
