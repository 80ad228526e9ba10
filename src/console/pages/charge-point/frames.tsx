/** The messages of a charge point as they go over the wire: live, found by a word, each to be read in full. */
import { Accordion, Anchor, Button, Center, Group, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createParser } from 'eventsource-parser';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api, authorizedFetch } from '../../api/client.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { pretty } from '../../ui/pretty.ts';
import { Status } from '../../ui/status.tsx';
import { Typed } from '../../ui/typed.tsx';

type Frame = Schemas['Frame'] & { readonly id: string };
/** More than that is not kept on the page; older ones are asked for. */
const MOST = 500;
const RETRY_MS = 2_000;

export default function Frames({ chargePointId }: { readonly chargePointId: string }) {
  const t = useTexts();
  const [search, setSearch] = useSearchParams();
  const given = search.get('find') ?? '';
  const [word] = useDebouncedValue(given.trim(), 300);
  return (
    <Stack>
      <Group justify="space-between">
        <Typed
          aria-label={t.frames.filter}
          placeholder={t.frames.filter}
          leftSection={<Icon name="search" size={16} />}
          given={given}
          maxLength={100}
          style={{ flex: '1 1 14rem' }}
          maw={420}
          change={(text) => setSearch(text === '' ? {} : { find: text }, { replace: true })}
        />
      </Group>
      <Log key={word} chargePointId={chargePointId} text={word.length >= 2 ? word : undefined} />
    </Stack>
  );
}

function Log({ chargePointId, text }: { readonly chargePointId: string; readonly text: string | undefined }) {
  const t = useTexts();
  const [isStopped, setPaused] = useState(false);
  // nothing moves under the pointer
  const [isHeld, setHeld] = useState(false);
  const isPaused = isStopped || isHeld;
  const { frames, waiting, isFollowing, older, isOlderThere, fault } = useFrames(chargePointId, text, isPaused);
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" component="span">
          {isPaused ? (
            <Status tone="warn">{t.frames.paused(waiting)}</Status>
          ) : (
            <Status tone={isFollowing ? 'ok' : 'warn'} hollow={!isFollowing}>
              {isFollowing ? t.frames.following : t.frames.broken}
            </Status>
          )}
        </Text>
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name={isStopped ? 'start' : 'pause'} size={14} />}
          onClick={() => setPaused(!isStopped)}
        >
          {isStopped ? t.frames.resume : t.frames.pause}
        </Button>
      </Group>
      <ErrorNote cause={fault} />
      <Card p={0} label={t.chargePoint.tabs.frames}>
        {frames.length === 0 ? (
          <Empty icon="send" title={t.frames.empty} hint={t.frames.emptyHint} />
        ) : (
          <Accordion
            multiple
            chevronPosition="left"
            onPointerEnter={({ pointerType }) => setHeld(pointerType === 'mouse')}
            onPointerLeave={() => setHeld(false)}
          >
            {frames.map((frame) => (
              <One key={frame.id} frame={frame} />
            ))}
          </Accordion>
        )}
      </Card>
      {isOlderThere && (
        <Center>
          <Anchor component="button" size="sm" onClick={older}>
            {t.frames.older}
          </Anchor>
        </Center>
      )}
    </Stack>
  );
}

function One({ frame }: { readonly frame: Frame }) {
  const t = useTexts();
  const format = useFormat();
  const { id, at, direction, action, message_type, raw } = frame;
  const isFromCharger = direction === 'from_charger';
  const kinds: Readonly<Record<number, string>> = t.frames.kind;
  const kind = (message_type !== null && kinds[message_type]) || t.frames.unreadable;
  return (
    <Accordion.Item value={id}>
      <Accordion.Control py={2}>
        <Group gap="sm" wrap="nowrap">
          <Text size="xs" c="dimmed" className="numbers">
            {format.time(at)}
          </Text>
          <Text
            component="span"
            c={isFromCharger ? 'var(--busy)' : 'var(--ok)'}
            title={isFromCharger ? t.frames.fromCharger : t.frames.toCharger}
            style={{ display: 'flex' }}
          >
            <Icon name={isFromCharger ? 'fromCharger' : 'toCharger'} size={16} />
          </Text>
          <Text size="sm" fw={600} style={{ flex: 'none' }}>
            {action ?? kind}
          </Text>
          <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
            {action === null ? '' : kind}
          </Text>
          <Text className="mono" c="dimmed" truncate visibleFrom="sm" style={{ minWidth: 0 }}>
            {raw}
          </Text>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <pre className="frame-text">{pretty(raw)}</pre>
      </Accordion.Panel>
    </Accordion.Item>
  );
}

function useFrames(chargePointId: string, text: string | undefined, isPaused: boolean) {
  const [shown, setShown] = useState<readonly Frame[]>([]);
  const [held, setHeld] = useState<readonly Frame[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [isFollowing, setFollowing] = useState(false);
  const [fault, setFault] = useState<unknown>();

  const page = (from: string | null) =>
    answer(
      api.GET('/api/v1/charge-points/{id}/frames', {
        params: {
          path: { id: chargePointId },
          query: { limit: 50, ...(text !== undefined && { text }), ...(from !== null && { cursor: from }) },
        },
      }),
    );
  const older = (): void => {
    page(cursor).then(({ data, next_cursor }) => {
      setShown((before) => [...before, ...data.map(named)]);
      setCursor(next_cursor);
    }, setFault);
  };

  // begun once: another charge point or word is another component
  useEffect(() => {
    const over = new AbortController();
    const { signal } = over;
    const add = (frame: Frame): void => setHeld((before) => [frame, ...before].slice(0, MOST));
    async function follow(): Promise<void> {
      let lastId = '';
      while (!signal.aborted) {
        const isFirst = lastId === '';
        await readFrames(chargePointId, text, lastId, signal, {
          async opened() {
            setFollowing(true);
            if (!isFirst) return;
            // after the stream is open, so that nothing falls between
            const { data, next_cursor } = await page(null);
            setShown(data.map(named));
            setCursor(next_cursor);
          },
          frame(id, frame) {
            lastId = id;
            add(named(frame));
          },
        }).catch((cause: unknown) => {
          if (!signal.aborted) setFault(cause);
        });
        setFollowing(false);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    void follow(); // tells what goes wrong by itself
    return () => over.abort();
  }, []);

  useEffect(() => {
    if (isPaused || held.length === 0) return;
    setHeld([]);
    setShown((before) => {
      const known = new Set(before.slice(0, MOST).map(({ id }) => id));
      return [...held.filter(({ id }) => !known.has(id)), ...before].slice(0, MOST);
    });
  }, [held, isPaused]);

  return {
    frames: shown,
    waiting: held.length,
    isFollowing,
    older,
    isOlderThere: cursor !== null && shown.length < MOST,
    fault,
  };
}

/** The API gives frames no id: a message is known by when, which way and what. Elements are named by it, so it has no blanks. */
const named = (frame: Schemas['Frame']): Frame => ({
  ...frame,
  id: [frame.at, frame.direction, frame.message_type, frame.message_id ?? frame.raw.slice(0, 40)]
    .join('-')
    .replace(/[^\w-]/g, '_'),
});

/** Resolves when the stream is over. Throws ApiError when it is refused. */
async function readFrames(
  chargePointId: string,
  text: string | undefined,
  lastId: string,
  signal: AbortSignal,
  on: { opened(): Promise<void>; frame(id: string, frame: Schemas['Frame']): void },
): Promise<void> {
  const query = text === undefined ? '' : `?${new URLSearchParams({ text }).toString()}`;
  const request = new Request(`/api/v1/charge-points/${chargePointId}/frames/stream${query}`, {
    signal,
    headers: lastId === '' ? {} : { 'last-event-id': lastId },
  });
  const response = await authorizedFetch(request);
  if (!response.ok || response.body === null)
    return answer(Promise.resolve({ response, error: await response.json() }));
  const parser = createParser({
    onEvent: ({ id = '', data }) => on.frame(id, JSON.parse(data) as Schemas['Frame']),
  });
  const opened = on.opened();
  try {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
    }
  } finally {
    await opened;
  }
}
