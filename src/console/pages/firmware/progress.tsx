/** How far a rollout is: a bar whose parts are named, and its state in a word. */
import { Group, Progress, Text } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { firmware } from '../../texts/firmware.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Status, type Tone } from '../../ui/status.tsx';

type Rollout = Schemas['FirmwareRollout'];
export type Counts = Rollout['progress'];

const tones: Record<Rollout['status'], Tone> = {
  draft: 'off',
  running: 'busy',
  paused: 'warn',
  completed: 'ok',
  aborted: 'off',
};
const parts = [
  { name: 'installed', tone: 'ok' },
  { name: 'open', tone: 'busy' },
  { name: 'failed', tone: 'bad' },
  { name: 'skipped', tone: 'warn' },
  { name: 'pending', tone: 'off' },
] as const satisfies readonly { name: keyof Counts; tone: Tone }[];

export function RolloutState({ rollout }: { readonly rollout: Rollout }) {
  const w = useWords(firmware);
  return (
    <Status tone={tones[rollout.status]} hollow={rollout.status === 'draft'}>
      {w.rolloutStatus[rollout.status]}
    </Status>
  );
}

export function RolloutBar({ counts, isWide = false }: { readonly counts: Counts; readonly isWide?: boolean }) {
  const w = useWords(firmware);
  const format = useFormat();
  const text = w.ofAll(counts.installed, counts.size);
  return (
    <div data-installed={counts.installed}>
      <Progress.Root size={isWide ? 'xl' : 'md'} role="img" aria-label={text} miw={90}>
        {parts
          .filter(({ name }) => name !== 'pending')
          .map(({ name, tone }) => (
            <Progress.Section
              key={name}
              value={counts.size === 0 ? 0 : (counts[name] / counts.size) * 100}
              color={`var(--${tone})`}
              withAria={false}
            />
          ))}
      </Progress.Root>
      {isWide ? (
        <Group gap="md" mt="xs">
          {parts.map(({ name, tone }) => (
            <Status key={name} tone={tone} hollow={counts[name] === 0}>
              {w.counts[name]} {format.count(counts[name])}
            </Status>
          ))}
        </Group>
      ) : (
        <Text size="xs" c="dimmed" className="numbers">
          {text}
        </Text>
      )}
    </div>
  );
}
