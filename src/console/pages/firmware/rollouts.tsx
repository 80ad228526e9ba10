/** Rollouts: how far each is, and a new one. */
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/use-session.ts';
import { firmware } from '../../texts/firmware.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { RolloutBar, RolloutState } from './progress.tsx';
import { RolloutForm } from './rollout-form.tsx';

type Rollout = Schemas['FirmwareRollout'];

export function Rollouts() {
  const w = useWords(firmware);
  const format = useFormat();
  const mayCommand = useMay('write:commands');
  const [isAdding, { open, close }] = useDisclosure(false);
  const pages = usePages({
    queryKey: ['firmware-rollouts'],
    everyMs: 5_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/firmware-rollouts', {
          params: { query: { limit: 25, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
  });
  const columns: Column<Rollout>[] = [
    {
      name: w.rolloutColumns.name,
      of: ({ id, name }) => (
        <Link className="row-link" to={`/rollouts/${id}`}>
          {name}
        </Link>
      ),
    },
    { name: w.rolloutColumns.state, of: (each) => <RolloutState rollout={each} /> },
    { name: w.rolloutColumns.progress, of: ({ progress }) => <RolloutBar counts={progress} /> },
    { name: w.rolloutColumns.strategy, from: 'md', of: ({ strategy }) => w.strategies[strategy] },
    { name: w.rolloutColumns.made, from: 'md', isNumber: true, of: ({ created_at: at }) => format.dateTime(at) },
  ];
  return (
    <Section
      title={w.rollouts}
      actions={
        mayCommand && (
          <Button onClick={open} leftSection={<Icon name="add" size={16} />}>
            {w.addRollout}
          </Button>
        )
      }
    >
      <ErrorNote cause={pages.error} />
      {pages.rows === undefined && pages.error === null && <Waiting />}
      {pages.rows !== undefined && (
        <Card p={0} label={w.rollouts}>
          {pages.rows.length === 0 ? (
            <Empty icon="upload" title={w.rolloutsEmpty} hint={w.rolloutsEmptyHint} />
          ) : (
            <Rows rows={pages.rows} columns={columns} />
          )}
        </Card>
      )}
      <More pages={pages} />
      <RolloutForm isOpen={isAdding} close={close} />
    </Section>
  );
}
