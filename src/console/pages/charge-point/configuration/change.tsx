/** A new value for a setting, asked for with what is known of it, and what is to happen if it takes a restart. */
import { Autocomplete, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../../api/client.ts';
import { faultsByField } from '../../../api/errors.ts';
import { configuration } from '../../../texts/configuration.ts';
import { useTexts } from '../../../texts/use-texts.ts';
import { useWords } from '../../../texts/words.ts';
import { ErrorNote } from '../../../ui/error-note.tsx';

export type Setting = {
  readonly key: string;
  readonly value: string | null;
  readonly secret: boolean;
  readonly expected: string | null;
  readonly drift: boolean;
  readonly readonly: boolean | null;
  /** Of 2.x. */
  readonly limits?: { readonly unit: string | null; readonly min: number | null; readonly max: number | null };
  readonly among?: readonly string[];
};

/** Under which all settings of a charge point are kept in the page. */
export const configurationKey = (chargePointId: string) => ['configuration', chargePointId] as const;

const reboots = ['never', 'when_idle', 'now'] as const;
type Reboot = (typeof reboots)[number];

export function ChangeSetting(props: {
  readonly chargePointId: string;
  readonly setting: Setting | undefined;
  readonly close: () => void;
  readonly started: (changeId: string) => void;
}) {
  const { chargePointId, setting, close, started } = props;
  const t = useTexts();
  const w = useWords(configuration);
  return (
    <Modal
      opened={setting !== undefined}
      onClose={close}
      title={setting === undefined ? '' : w.changeTitle(setting.key)}
      centered
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {setting !== undefined && <Form key={setting.key} {...{ chargePointId, setting, close, started }} />}
    </Modal>
  );
}

function Form(props: {
  readonly chargePointId: string;
  readonly setting: Setting;
  readonly close: () => void;
  readonly started: (changeId: string) => void;
}) {
  const { chargePointId, setting, close, started } = props;
  const t = useTexts();
  const w = useWords(configuration);
  const { key, secret, limits, among = [] } = setting;
  const [value, setValue] = useState(secret ? '' : (setting.expected ?? setting.value ?? ''));
  const [reboot, setReboot] = useState<Reboot>('when_idle');
  const send = useMutation({
    mutationFn: () =>
      answer(
        api.PATCH('/api/v1/charge-points/{id}/configuration', {
          params: { path: { id: chargePointId }, query: { reboot } },
          body: { [key]: value },
        }),
      ),
    onSuccess: ({ id }) => started(id),
  });
  const hints = [
    secret ? w.secret : setting.value === null ? undefined : w.was(setting.value),
    limits !== undefined && limits.min !== null && limits.max !== null
      ? `${w.between(String(limits.min), String(limits.max))} ${limits.unit ?? ''}`
      : undefined,
  ].filter((each) => each !== undefined);
  const field = {
    label: w.value,
    description: hints.join(' · '),
    value,
    error: faultsByField(send.error)[key],
    autoComplete: 'off',
    'data-autofocus': true,
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Stack>
        {among.length > 0 ? (
          <Autocomplete {...field} data={[...among]} onChange={setValue} />
        ) : (
          <TextInput
            {...field}
            type={secret ? 'password' : 'text'}
            onChange={(event) => setValue(event.currentTarget.value)}
            maxLength={2500}
          />
        )}
        {among.length > 0 && (
          <Text size="xs" c="dimmed">
            {w.oneOf}: {among.join(', ')}
          </Text>
        )}
        <Select
          label={w.reboot}
          data={reboots.map((each) => ({ value: each, label: w.reboots[each] }))}
          value={reboot}
          onChange={(next) => setReboot(reboots.find((each) => each === next) ?? reboot)}
          allowDeselect={false}
        />
        <ErrorNote cause={send.error} except={[key]} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={send.isPending}>
            {w.send}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
