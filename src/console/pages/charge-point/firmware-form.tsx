/** Which image a charge point gets, and when it may be sent. */
import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { imagesQuery } from '../../api/firmware.ts';
import type { ChargePoint } from '../../api/fleet.ts';
import { firmware } from '../../texts/firmware.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Empty } from '../../ui/page.tsx';
import { Waiting } from '../../ui/waiting.tsx';

export function UpdateForm(props: {
  readonly chargePoint: ChargePoint;
  readonly close: () => void;
  readonly started: () => void;
}) {
  const { chargePoint, close, started } = props;
  const t = useTexts();
  const w = useWords(firmware);
  const { data, error } = useQuery(imagesQuery);
  const [imageId, setImageId] = useState<string | null>(null);
  const [isPatient, setPatient] = useState(true);
  const [hasWindow, setHasWindow] = useState(false);
  const [from, setFrom] = useState('22:00');
  const [to, setTo] = useState('05:00');
  const [anyModel, setAnyModel] = useState(false);
  const send = useMutation({
    mutationFn: (image_id: string) =>
      answer(
        api.POST('/api/v1/charge-points/{id}/firmware-updates', {
          params: { path: { id: chargePoint.id }, header: onlyOnce() },
          body: {
            image_id,
            wait_until_idle: isPatient,
            any_model: anyModel,
            ...(hasWindow && { window: { from, to } }),
          },
        }),
      ),
    onSuccess: started,
  });
  if (data === undefined) return error === null ? <Waiting /> : <ErrorNote cause={error} />;
  const ready = data.data.filter((each) => each.ready);
  if (ready.length === 0) {
    return (
      <Empty icon="upload" title={w.noImage} hint={w.noImageHint}>
        <Button component={Link} to="/rollouts?tab=images" variant="default" mt="sm">
          {w.toImages}
        </Button>
      </Empty>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (imageId !== null) send.mutate(imageId);
      }}
    >
      <Stack>
        <Select
          label={w.image}
          placeholder={w.chooseImage}
          data={ready.map(({ id, version, vendor, model }) => ({
            value: id,
            label: [version, [vendor, model].filter(Boolean).join(' ')].filter(Boolean).join(' · '),
          }))}
          value={imageId}
          onChange={setImageId}
          searchable={ready.length > 10}
          required
          data-autofocus
        />
        <Checkbox
          label={w.whenIdle}
          checked={isPatient}
          onChange={(event) => setPatient(event.currentTarget.checked)}
        />
        <Checkbox
          label={w.window}
          checked={hasWindow}
          onChange={(event) => setHasWindow(event.currentTarget.checked)}
        />
        {hasWindow && (
          <Group grow>
            <TextInput
              type="time"
              label={w.from}
              value={from}
              onChange={(event) => setFrom(event.currentTarget.value)}
              required
            />
            <TextInput
              type="time"
              label={w.until}
              value={to}
              onChange={(event) => setTo(event.currentTarget.value)}
              required
            />
          </Group>
        )}
        <Checkbox
          label={w.anyModel}
          checked={anyModel}
          onChange={(event) => setAnyModel(event.currentTarget.checked)}
        />
        <ErrorNote cause={send.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={send.isPending} disabled={imageId === null}>
            {w.go}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
