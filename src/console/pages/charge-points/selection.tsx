/** Charge points that were selected in the list, and the bar that says what can be done with all of them. */
import { Button, Group, Paper, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useMay } from '../../api/use-session.ts';
import { bulk } from '../../texts/bulk.ts';
import { useWords } from '../../texts/words.ts';
import { BulkForm, MOST_SELECTED } from './bulk-form.tsx';

/** Only for who may send commands: nobody else sees boxes. */
export function useSelection() {
  const isOn = useMay('write:commands');
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  return {
    isOn,
    ids,
    put: (wanted: readonly string[]) => setIds(new Set(wanted)),
    toggle: (id: string) =>
      setIds((before) => {
        const after = new Set(before);
        if (!after.delete(id)) after.add(id);
        return after;
      }),
  };
}

export function Selection({ selection }: { readonly selection: ReturnType<typeof useSelection> }) {
  const w = useWords(bulk);
  const [isOpen, { open, close }] = useDisclosure(false);
  const { ids, put } = selection;
  if (ids.size === 0) return null;
  const isTooMuch = ids.size > MOST_SELECTED;
  return (
    <>
      <Paper withBorder shadow="md" p="sm" pos="sticky" bottom={16} radius="md" style={{ zIndex: 2 }}>
        <Group justify="space-between">
          <Text size="sm" fw={600} role="status">
            {isTooMuch ? w.tooMany(MOST_SELECTED) : w.selected(ids.size)}
          </Text>
          <Group gap="xs">
            <Button variant="default" size="xs" onClick={() => put([])}>
              {w.none}
            </Button>
            <Button size="xs" onClick={open} disabled={isTooMuch}>
              {w.act}
            </Button>
          </Group>
        </Group>
      </Paper>
      <BulkForm ids={[...ids]} isOpen={isOpen} close={close} />
    </>
  );
}
