/** One fixed limit for a charge point or a connector of it. */
import { Button, Group, Modal, NumberInput, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, onlyOnce } from '../../api/client.ts';
import type { ChargePoint } from '../../api/fleet.ts';
import { power } from '../../texts/power.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { usePlaces } from './places.ts';

const durations = ['forever', '3600', '14400', '86400'] as const;
const units = ['A', 'W'] as const;

export function LimitForm(props: {
  readonly chargePoint: ChargePoint;
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly done: (commandId: string) => void;
}) {
  const { chargePoint, isOpen, close, done } = props;
  const t = useTexts();
  const w = useWords(power);
  const places = usePlaces(chargePoint);
  const [where, setWhere] = useState('0');
  const [unit, setUnit] = useState<(typeof units)[number]>('A');
  const [amount, setAmount] = useState<number | string>(16);
  const [duration, setDuration] = useState<(typeof durations)[number]>('forever');
  const send = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/charge-points/{id}/charging-limit', {
          params: { path: { id: chargePoint.id }, header: onlyOnce() },
          body: {
            limit: Number(amount),
            unit,
            ...(where !== '0' && { connector_id: Number(where) }),
            ...(duration !== 'forever' && { duration_s: Number(duration) }),
          },
        }),
      ),
    onSuccess: ({ command_id }) => done(command_id),
  });
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={w.limitTitle}
      centered
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <Stack>
          <Text size="sm" c="dimmed">
            {w.limitHint}
          </Text>
          <Select
            label={w.where}
            data={places}
            value={where}
            onChange={(value) => setWhere(value ?? where)}
            allowDeselect={false}
          />
          <Group align="flex-end" wrap="nowrap">
            <NumberInput
              label={w.amount}
              value={amount}
              onChange={setAmount}
              min={0}
              max={1_000_000_000}
              required
              data-autofocus
              style={{ flex: 1 }}
            />
            <SegmentedControl
              aria-label={w.unit}
              data={[...units]}
              value={unit}
              onChange={(value) => setUnit(units.find((each) => each === value) ?? unit)}
            />
          </Group>
          <Select
            label={w.duration}
            data={durations.map((value) => ({ value, label: w.durations[value] }))}
            value={duration}
            onChange={(value) => setDuration(durations.find((each) => each === value) ?? duration)}
            allowDeselect={false}
          />
          <ErrorNote cause={send.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t.common.cancel}
            </Button>
            <Button type="submit" loading={send.isPending} disabled={amount === ''}>
              {w.set}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
