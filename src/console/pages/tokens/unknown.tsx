/** The inbox: tokens that a charger has asked about and nobody has registered; one click makes a token of one. */
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done, onlyOnce } from '../../api/client.ts';
import { nameOf } from '../../api/fleet.ts';
import { useMay } from '../../api/use-session.ts';
import { tokenTexts } from '../../texts/tokens.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tell, tellDone } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useChargePoints, useNow } from '../../ui/live.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Waiting } from '../../ui/waiting.tsx';

type Stranger = Schemas['UnknownToken'];

export default function Unknown() {
  const w = useWords(tokenTexts);
  const pages = usePages({
    queryKey: ['unknown-tokens'],
    everyMs: 4_000, // no event tells of them
    ask: (cursor) => answer(api.GET('/api/v1/unknown-tokens', { params: { query: { limit: 100, cursor } } })),
  });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={680}>
        {w.unknownHint}
      </Text>
      <Card p={0} label={w.tabs.unknown}>
        {pages.rows.length === 0 ? (
          <Empty icon="check" title={w.unknownEmpty} hint={w.unknownEmptyHint} />
        ) : (
          <List strangers={pages.rows} />
        )}
      </Card>
      <More pages={pages} />
    </Stack>
  );
}

function List({ strangers }: { readonly strangers: readonly Stranger[] }) {
  const w = useWords(tokenTexts);
  const format = useFormat();
  const now = useNow(5_000);
  const mayWrite = useMay('write:charge_points');
  const { fleet } = useChargePoints();
  const placeOf = ({ last_charge_point_id: of }: Stranger): string => {
    const found = fleet?.all.find(({ id }) => id === of);
    return found === undefined ? of : nameOf(found);
  };
  const { unknownColumns: columns } = w;
  return (
    <Rows
      rows={strangers}
      columns={[
        {
          name: columns.uid,
          of: ({ uid }) => (
            <Text className="mono" fw={600}>
              {uid}
            </Text>
          ),
        },
        {
          name: columns.where,
          from: 'sm',
          of: (each) => (
            <Anchor component={Link} size="sm" to={`/charge-points/${each.last_charge_point_id}`}>
              {placeOf(each)}
            </Anchor>
          ),
        },
        { name: columns.count, from: 'md', isNumber: true, of: ({ count }) => format.count(count) },
        { name: columns.seen, from: 'sm', of: ({ last_seen_at }) => format.ago(last_seen_at, now) },
        { name: '', isNumber: true, of: (each) => mayWrite && <Answer stranger={each} /> },
      ]}
    />
  );
}

function Answer({ stranger }: { readonly stranger: Stranger }) {
  const t = useTexts();
  const w = useWords(tokenTexts);
  const queries = useQueryClient();
  const { id, uid } = stranger;
  const changed = (): Promise<unknown> =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['unknown-tokens'] }),
      queries.invalidateQueries({ queryKey: ['tokens'] }),
    ]);
  const adopt = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/v1/unknown-tokens/{id}/adopt', { params: { path: { id }, header: onlyOnce() }, body: {} })),
    onSuccess: async () => {
      tellDone(w.adopted(uid), t);
      await changed();
    },
    onError: tell(t),
  });
  const dismiss = useMutation({
    mutationFn: () => done(api.DELETE('/api/v1/unknown-tokens/{id}', { params: { path: { id } } })),
    onSuccess: changed,
    onError: tell(t),
  });
  // the row may still be there, where the pointer rests on it
  if (adopt.isSuccess || dismiss.isSuccess) return <Icon name="check" />;
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button size="xs" onClick={() => adopt.mutate()} loading={adopt.isPending} aria-label={`${w.adopt}: ${uid}`}>
        {w.adopt}
      </Button>
      <Button
        size="xs"
        variant="default"
        onClick={() => dismiss.mutate()}
        loading={dismiss.isPending}
        aria-label={`${w.dismiss}: ${uid}`}
      >
        {w.dismiss}
      </Button>
    </Group>
  );
}
