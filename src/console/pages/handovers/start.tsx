/** A charge point is handed over: to whom, for how long, and the token, once. */
import { Alert, Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { nameOf } from '../../api/fleet.ts';
import { handoverTexts } from '../../texts/handovers.ts';
import { useWords } from '../../texts/words.ts';
import { Form, orNull, useFields } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useChargePoints } from '../../ui/live.tsx';
import { Copyable } from '../../ui/page.tsx';

const modes = ['installer_to_owner', 'ownership_transfer'] as const;

export function Start({ close }: { readonly close: () => void }) {
  const w = useWords(handoverTexts);
  const queries = useQueryClient();
  const { fleet } = useChargePoints();
  const [fields, set] = useFields({
    point: null as string | null,
    mode: 'installer_to_owner' as (typeof modes)[number],
    to: '',
    note: '',
    days: 14 as number | string,
  });
  const begin = useMutation({
    mutationFn: (id: string) => {
      const [to, note] = [orNull(fields.to), orNull(fields.note)];
      return answer(
        api.POST('/api/v1/charge-points/{id}/handovers', {
          params: { path: { id }, header: onlyOnce() },
          body: {
            mode: fields.mode,
            expires_in_days: Number(fields.days),
            ...(to !== null && { to_organization_id: to }),
            ...(note !== null && { note }),
          },
        }),
      );
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['handovers'] }),
  });
  if (begin.data !== undefined) {
    return (
      <Stack>
        <Alert variant="default" c="var(--warn)" icon={<Icon name="key" />} title={w.token}>
          <Text size="sm">{w.tokenHint}</Text>
        </Alert>
        <Copyable text={begin.data.token} label={w.token} />
        <Group justify="flex-end">
          <Button onClick={close}>{w.tokenDone}</Button>
        </Group>
      </Stack>
    );
  }
  const faults = faultsByField(begin.error);
  return (
    <Form
      save={{ ...begin, mutate: () => fields.point !== null && begin.mutate(fields.point) }}
      yes={w.go}
      isReady={fields.point !== null}
      fields={['to_organization_id', 'note', 'expires_in_days']}
    >
      <Select
        label={w.point}
        data={fleet?.all.map((each) => ({ value: each.id, label: nameOf(each) })) ?? []}
        value={fields.point}
        onChange={(point) => set({ point })}
        limit={100}
        searchable
        required
        data-autofocus
      />
      <Select
        label={w.mode}
        data={modes.map((value) => ({ value, label: w.modes[value] }))}
        value={fields.mode}
        onChange={(value) => set({ mode: modes.find((each) => each === value) ?? 'installer_to_owner' })}
        allowDeselect={false}
      />
      <TextInput
        label={w.to}
        description={w.toHint}
        value={fields.to}
        onChange={(event) => set({ to: event.currentTarget.value })}
        error={faults['to_organization_id']}
      />
      <TextInput
        label={w.note}
        description={w.noteHint}
        value={fields.note}
        onChange={(event) => set({ note: event.currentTarget.value })}
        error={faults['note']}
        maxLength={500}
      />
      <NumberInput
        label={w.days}
        min={1}
        max={14}
        value={fields.days}
        onChange={(days) => set({ days })}
        error={faults['expires_in_days']}
        maw={200}
      />
    </Form>
  );
}
