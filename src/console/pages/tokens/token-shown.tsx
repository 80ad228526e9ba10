/** One token, opened: its standing, and what can be done with it. */
import { Button, Drawer, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, done } from '../../api/client.ts';
import { useMay } from '../../api/use-session.ts';
import { tokenTexts } from '../../texts/tokens.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Fact } from '../../ui/page.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { TokenForm } from './token-form.tsx';
import { type Token, TokenState } from './token-state.tsx';

export function TokenShown({ id, close }: { readonly id: string; readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(tokenTexts);
  const { data, error, refetch } = useQuery({
    queryKey: ['token', id],
    queryFn: () => answer(api.GET('/api/v1/tokens/{id}', { params: { path: { id } } })),
  });
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="lg"
      title={data === undefined ? w.title : w.edit(data.uid)}
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {data === undefined && error === null && <Waiting />}
      <ErrorNote cause={error} retry={() => void refetch()} />
      {data !== undefined && <Shown token={data} close={close} />}
    </Drawer>
  );
}

function Shown({ token, close }: { readonly token: Token; readonly close: () => void }) {
  const w = useWords(tokenTexts);
  const format = useFormat();
  const queries = useQueryClient();
  const mayWrite = useMay('write:charge_points');
  const [question, setQuestion] = useState<Question>();
  const params = { path: { id: token.id } };
  const changed = (): Promise<unknown> =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['tokens'] }),
      queries.invalidateQueries({ queryKey: ['token', token.id] }),
    ]);
  const setStatus = async (status: 'active' | 'blocked'): Promise<void> => {
    await answer(api.PATCH('/api/v1/tokens/{id}', { params, body: { status } }));
    await changed();
  };
  const isBlocked = token.status === 'blocked';
  const askBlock = (): void =>
    setQuestion({
      title: w.blockTitle(token.uid),
      text: w.blockText,
      yes: w.block,
      do: () => setStatus('blocked'),
    });
  const askUnblock = (): void =>
    setQuestion({
      title: `${w.unblock}: ${token.uid}`,
      text: '',
      yes: w.unblock,
      isHarmful: false,
      do: () => setStatus('active'),
    });
  const askRemove = (): void =>
    setQuestion({
      title: w.removeTitle(token.uid),
      text: w.removeText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/tokens/{id}', { params }));
        close();
        await queries.invalidateQueries({ queryKey: ['tokens'] });
      },
    });
  return (
    <Stack>
      <TokenState token={token} />
      {!mayWrite && (
        <SimpleGrid component="dl" m={0} cols={2}>
          <Fact name={w.type}>{w.types[token.type]}</Fact>
          <Fact name={w.valid}>{token.valid_until === null ? w.always : format.dateTime(token.valid_until)}</Fact>
        </SimpleGrid>
      )}
      {mayWrite && (
        <>
          <TokenForm key={token.updated_at} token={token} done={() => void changed()} />
          <Group>
            <Button variant="default" onClick={isBlocked ? askUnblock : askBlock}>
              {isBlocked ? w.unblock : w.block}
            </Button>
            <Button variant="default" c="var(--bad)" leftSection={<Icon name="remove" size={16} />} onClick={askRemove}>
              {w.remove}
            </Button>
          </Group>
        </>
      )}
      <Text size="xs" c="dimmed">
        {w.created(format.dateTime(token.created_at))}
      </Text>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Stack>
  );
}
