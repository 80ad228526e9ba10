/** Which connector is kept for whom, and until when. */
import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { type ChargePoint, nameOf } from '../../api/fleet.ts';
import { access } from '../../texts/access.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { usePlaces } from './places.ts';

const HOUR_MS = 3_600_000;

/** As a field for local times has it. */
function inAnHour(): string {
  const at = new Date(Date.now() + HOUR_MS);
  at.setMinutes(at.getMinutes() - at.getTimezoneOffset());
  return at.toISOString().slice(0, 16);
}

export function ReserveForm(props: {
  readonly chargePoint: ChargePoint;
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly done: (commandId: string | null) => void;
}) {
  const { chargePoint, isOpen, close } = props;
  const t = useTexts();
  const w = useWords(access);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={w.reserveTitle(nameOf(chargePoint))}
      centered
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {isOpen && <Form {...props} />}
    </Modal>
  );
}

function Form(props: {
  readonly chargePoint: ChargePoint;
  readonly close: () => void;
  readonly done: (commandId: string | null) => void;
}) {
  const { chargePoint, close, done } = props;
  const t = useTexts();
  const w = useWords(access);
  const places = usePlaces(chargePoint).map((each) => (each.value === '0' ? { ...each, label: w.any } : each));
  const [where, setWhere] = useState(places[1]?.value ?? '0');
  const [token, setToken] = useState('');
  const [until, setUntil] = useState(inAnHour);
  const send = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/charge-points/{id}/reservations', {
          params: { path: { id: chargePoint.id }, header: onlyOnce() },
          body: {
            connector_id: Number(where),
            token: token.trim(),
            expires_at: new Date(until).toISOString(),
          },
        }),
      ),
    onSuccess: ({ command_id }) => done(command_id),
  });
  const faults = faultsByField(send.error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Stack>
        <Select
          label={w.where}
          data={places}
          value={where}
          onChange={(value) => setWhere(value ?? where)}
          allowDeselect={false}
        />
        <TextInput
          label={w.token}
          description={w.tokenHint}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          error={faults['token']}
          autoComplete="off"
          maxLength={255}
          required
          data-autofocus
        />
        <TextInput
          type="datetime-local"
          label={w.until}
          description={w.untilHint}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={faults['expires_at']}
          required
        />
        <ErrorNote cause={send.error} except={['token', 'expires_at']} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={send.isPending} disabled={until === ''}>
            {w.reserve}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
