/** Keys of programs: made with no more rights than wanted, shown once, replaced without a gap, revoked. */
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done, onlyOnce } from '../../api/client.ts';
import { useMe } from '../../api/use-session.ts';
import { organizationTexts } from '../../texts/organization.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Dialog } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useNow } from '../../ui/live.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { KeyShown, NewKey } from './new-key.tsx';

type ApiKey = Schemas['ApiKey'];
type State = 'active' | 'revoked' | 'expired' | 'ending';
const tones: Record<State, Tone> = { active: 'ok', revoked: 'off', expired: 'off', ending: 'warn' };

function stateOf({ revoked_at, expires_at, replaced_by }: ApiKey, now: number): State {
  if (revoked_at !== null) return 'revoked';
  if (expires_at !== null && new Date(expires_at).getTime() <= now) return 'expired';
  return replaced_by === null ? 'active' : 'ending';
}

export default function Keys() {
  const w = useWords(organizationTexts);
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const [shown, setShown] = useState<string>();
  const [question, setQuestion] = useState<Question>();
  const changed = (): Promise<unknown> => queries.invalidateQueries({ queryKey: ['api-keys'] });
  const pages = usePages({
    queryKey: ['api-keys'],
    ask: (cursor) => answer(api.GET('/api/v1/api-keys', { params: { query: { limit: 100, cursor } } })),
  });
  const askRotate = ({ id, name }: ApiKey): void =>
    setQuestion({
      title: w.rotateTitle(name),
      text: w.rotateText,
      yes: w.rotate,
      isHarmful: false,
      async do() {
        const params = { path: { id }, header: onlyOnce() };
        const { key } = await answer(api.POST('/api/v1/api-keys/{id}/rotate', { params, body: {} }));
        setShown(key);
        await changed();
      },
    });
  const askRevoke = ({ id, name }: ApiKey): void =>
    setQuestion({
      title: w.keyRevokeTitle(name),
      text: w.keyRevokeText,
      yes: w.keyRevoke,
      async do() {
        await done(api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } }));
        await changed();
      },
    });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  const add = (
    <Button leftSection={<Icon name="add" size={16} />} onClick={() => setAdding(true)}>
      {w.keyAdd}
    </Button>
  );
  const close = (): void => {
    setAdding(false);
    setShown(undefined);
  };
  return (
    <Stack>
      {pages.rows.length > 0 && <Group justify="flex-end">{add}</Group>}
      <Card p={0} label={w.tabs.keys}>
        {pages.rows.length === 0 ? (
          <Empty icon="key" title={w.keyNone} hint={w.keyNoneHint}>
            {add}
          </Empty>
        ) : (
          <List keys={pages.rows} rotate={askRotate} revoke={askRevoke} />
        )}
      </Card>
      <More pages={pages} />
      <Dialog title={shown !== undefined ? w.keyShown : isAdding ? w.keyAdd : undefined} close={close}>
        {shown === undefined ? (
          <NewKey
            done={async (key) => {
              setShown(key);
              await changed();
            }}
          />
        ) : (
          <KeyShown secret={shown} close={close} />
        )}
      </Dialog>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Stack>
  );
}

function List(props: {
  readonly keys: readonly ApiKey[];
  readonly rotate: (key: ApiKey) => void;
  readonly revoke: (key: ApiKey) => void;
}) {
  const { keys, rotate, revoke } = props;
  const w = useWords(organizationTexts);
  const format = useFormat();
  const now = useNow(15_000);
  const { scopes: everything } = useMe();
  const { keyColumns: columns } = w;
  return (
    <Rows
      isOwn
      rows={keys}
      columns={[
        {
          name: columns.name,
          of: ({ name, prefix }) => (
            <>
              <Text size="sm" fw={600}>
                {name}
              </Text>
              <Text size="xs" c="dimmed" className="mono">
                {prefix}…
              </Text>
            </>
          ),
        },
        {
          name: columns.scopes,
          from: 'md',
          of: ({ scopes }) => (
            <Group gap={4}>
              {(everything.every((each) => scopes.includes(each)) ? [w.keyAll] : scopes).map((scope) => (
                <Badge key={scope}>{scope}</Badge>
              ))}
            </Group>
          ),
        },
        {
          name: columns.state,
          of: (key) => {
            const state = stateOf(key, now);
            return (
              <>
                <Status tone={tones[state]} hollow={tones[state] === 'off'}>
                  {w.keyState[state]}
                </Status>
                {key.expires_at !== null && state !== 'revoked' && (
                  <Text size="xs" c="dimmed">
                    {format.dateTime(key.expires_at)}
                  </Text>
                )}
              </>
            );
          },
        },
        {
          name: columns.used,
          from: 'sm',
          isNumber: true,
          of: ({ last_used_at }) => (last_used_at === null ? w.never : format.ago(last_used_at, now)),
        },
        {
          name: '',
          isNumber: true,
          of: (key) => {
            const state = stateOf(key, now);
            if (state === 'revoked' || state === 'expired') return null;
            return (
              <Group gap="xs" justify="flex-end" wrap="nowrap">
                {state === 'active' && (
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => rotate(key)}
                    aria-label={`${w.rotate}: ${key.name}`}
                  >
                    {w.rotate}
                  </Button>
                )}
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => revoke(key)}
                  aria-label={`${w.keyRevoke}: ${key.name}`}
                >
                  {w.keyRevoke}
                </Button>
              </Group>
            );
          },
        },
      ]}
    />
  );
}
