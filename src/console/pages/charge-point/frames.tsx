/** The messages of a charge point as they go over the wire: live, found by a word, each to be read in full. */
import { Accordion, Anchor, Button, Center, Group, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { pretty } from '../../ui/pretty.ts';
import { Status } from '../../ui/status.tsx';
import { Typed } from '../../ui/typed.tsx';
import { type Frame, useFrames } from './use-frames.ts';

const tones = { live: 'ok', polling: 'off', broken: 'warn' } as const;

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
  const { frames, waiting, state, older, isOlderThere, fault } = useFrames(chargePointId, text, isPaused);
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" component="span">
          {isPaused ? (
            <Status tone="warn">{t.frames.paused(waiting)}</Status>
          ) : (
            <Status tone={tones[state]} hollow={state !== 'live'}>
              {{ live: t.frames.following, polling: t.live.polling, broken: t.frames.broken }[state]}
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
