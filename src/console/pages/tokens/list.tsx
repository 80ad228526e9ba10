/** The tokens: found by number and state, created, changed, blocked, deleted. */
import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useSearchParams } from 'react-router';
import { answer, api } from '../../api/client.ts';
import { groupsQuery } from '../../api/token-groups.ts';
import { useMay } from '../../api/use-session.ts';
import { tokenTexts } from '../../texts/tokens.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Dialog } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Typed } from '../../ui/typed.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { TokenForm } from './token-form.tsx';
import { TokenShown } from './token-shown.tsx';
import { type Token, TokenState } from './token-state.tsx';

const shown = ['all', 'active', 'blocked', 'expired'] as const;
type Which = (typeof shown)[number];
const filterOf = (which: Which) =>
  ({
    all: {},
    active: { status: 'active', expired: false },
    blocked: { status: 'blocked' },
    expired: { expired: true },
  })[which] as { readonly status?: 'active' | 'blocked'; readonly expired?: boolean };

export function TokenList() {
  const w = useWords(tokenTexts);
  const [search, setSearch] = useSearchParams();
  const [isAdding, setAdding] = useState(false);
  const mayWrite = useMay('write:charge_points');
  const which = shown.find((each) => each === search.get('show')) ?? 'all';
  const given = search.get('uid') ?? '';
  const [uid] = useDebouncedValue(given.trim(), 300);
  const open = search.get('token');
  const put = (changed: Record<string, string | null>): void => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(changed)) {
      if (value === null || value === '') next.delete(name);
      else next.set(name, value);
    }
    setSearch(next, { replace: true });
  };
  const add = mayWrite && (
    <Button leftSection={<Icon name="add" size={16} />} onClick={() => setAdding(true)}>
      {w.add}
    </Button>
  );
  return (
    <Stack>
      <Group justify="space-between">
        <Group style={{ flex: '1 1 20rem' }}>
          <Typed
            aria-label={w.find}
            placeholder={w.find}
            title={w.findHint}
            leftSection={<Icon name="search" size={16} />}
            given={given}
            maxLength={255}
            change={(text) => put({ uid: text })}
            style={{ flex: '1 1 12rem' }}
            maw={320}
          />
          <SegmentedControl
            aria-label={w.status}
            value={which}
            onChange={(value) => put({ show: value === 'all' ? null : value })}
            data={shown.map((value) => ({ value, label: w[value] }))}
          />
        </Group>
        {add}
      </Group>
      <List
        key={`${which} ${uid} ${search.get('group') ?? ''}`}
        which={which}
        uid={uid}
        groupId={search.get('group')}
        add={add}
        open={(id) => put({ token: id })}
      />
      <Dialog title={isAdding ? w.add : undefined} close={() => setAdding(false)}>
        <TokenForm done={() => setAdding(false)} />
      </Dialog>
      {open !== null && <TokenShown id={open} close={() => put({ token: null })} />}
    </Stack>
  );
}

function List(props: {
  readonly which: Which;
  readonly uid: string;
  readonly groupId: string | null;
  readonly add: ReactNode;
  readonly open: (id: string) => void;
}) {
  const { which, uid, groupId, add, open } = props;
  const w = useWords(tokenTexts);
  const pages = usePages({
    queryKey: ['tokens', which, uid, groupId],
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/tokens', {
          params: {
            query: {
              ...filterOf(which),
              ...(uid !== '' && { uid }),
              ...(groupId !== null && { group_id: groupId }),
              limit: 100,
              cursor,
            },
          },
        }),
      ),
  });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  const isFiltered = which !== 'all' || uid !== '' || groupId !== null;
  return (
    <Stack>
      <Card p={0} label={w.title}>
        {pages.rows.length > 0 && <TokenTable tokens={pages.rows} open={open} />}
        {pages.rows.length === 0 && isFiltered && <Empty icon="search" title={w.noMatch} />}
        {pages.rows.length === 0 && !isFiltered && (
          <Empty icon="token" title={w.empty} hint={w.emptyHint}>
            {add}
          </Empty>
        )}
      </Card>
      <More pages={pages} />
    </Stack>
  );
}

function TokenTable({ tokens, open }: { readonly tokens: readonly Token[]; readonly open: (id: string) => void }) {
  const t = useTexts();
  const w = useWords(tokenTexts);
  const format = useFormat();
  const groups = useQuery(groupsQuery);
  const groupOf = ({ group_id: of }: Token): string =>
    of === null ? t.common.none : (groups.data?.find(({ id }) => id === of)?.name ?? of);
  const { columns } = w;
  return (
    <Rows
      isOwn
      rows={tokens}
      columns={[
        {
          name: columns.uid,
          of: (token) => (
            <>
              <button type="button" className="row-link plain mono" onClick={() => open(token.id)}>
                {token.uid}
              </button>
              {token.credit !== null && (
                <Text size="xs" c="dimmed">
                  {w.credit}: {format.price(token.credit)}
                </Text>
              )}
            </>
          ),
        },
        { name: columns.type, from: 'sm', of: (token) => w.types[token.type] },
        { name: columns.group, from: 'md', of: groupOf },
        { name: columns.status, of: (token) => <TokenState token={token} /> },
        {
          name: columns.valid,
          from: 'md',
          of: ({ valid_until }) => (valid_until === null ? w.always : format.dateTime(valid_until)),
        },
        { name: columns.most, from: 'md', isNumber: true, of: ({ max_concurrent }) => max_concurrent ?? w.unlimited },
      ]}
    />
  );
}
