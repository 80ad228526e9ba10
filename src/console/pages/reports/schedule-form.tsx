/** A new schedule of files. */
import { Select, SimpleGrid, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { nameOf } from '../../api/fleet.ts';
import { sitesQuery } from '../../api/sites.ts';
import { billingTexts } from '../../texts/billing.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { tellDone } from '../../ui/error-note.tsx';
import { Form, useFields } from '../../ui/form.tsx';
import { useChargePoints } from '../../ui/live.tsx';

const kinds = ['sessions', 'meter_values'] as const;
const periods = ['daily', 'weekly', 'monthly'] as const;
const formats = ['csv', 'jsonl'] as const;
const oneOf = <T extends string>(choices: readonly [T, ...T[]], chosen: string | null): T =>
  choices.find((each) => each === chosen) ?? choices[0];

export function ScheduleForm({ done }: { readonly done: () => Promise<void> }) {
  const t = useTexts();
  const w = useWords(billingTexts);
  const { data: sites = [] } = useQuery(sitesQuery);
  const { fleet } = useChargePoints();
  const [fields, set] = useFields({
    name: '',
    kind: 'sessions' as (typeof kinds)[number],
    period: 'monthly' as (typeof periods)[number],
    format: 'csv' as (typeof formats)[number],
    place: null as string | null,
  });
  const save = useMutation({
    mutationFn: () => {
      const { place, ...rest } = fields;
      const at = place === null ? {} : place.startsWith('site_') ? { site_id: place } : { charge_point_id: place };
      const body = { ...rest, name: fields.name.trim(), ...at };
      return answer(api.POST('/api/v1/exports/schedules', { params: { header: onlyOnce() }, body }));
    },
    onSuccess: async () => {
      tellDone(w.created, t);
      await done();
    },
  });
  const faults = faultsByField(save.error);
  return (
    <Form save={save} yes={w.create} fields={['name']} label={w.scheduleAdd}>
      <TextInput
        label={w.name}
        description={w.nameHint}
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={faults['name']}
        data-autofocus
        required
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} className="fields">
        <Select
          label={w.kind}
          data={kinds.map((value) => ({ value, label: w.kinds[value] }))}
          value={fields.kind}
          onChange={(value) => set({ kind: oneOf(kinds, value) })}
          allowDeselect={false}
        />
        <Select
          label={w.period}
          data={periods.map((value) => ({ value, label: w.periods[value] }))}
          value={fields.period}
          onChange={(value) => set({ period: oneOf(periods, value) })}
          allowDeselect={false}
        />
        <Select
          label={w.format}
          data={formats.map((value) => ({ value, label: w.formats[value] }))}
          value={fields.format}
          onChange={(value) => set({ format: oneOf(formats, value) })}
          allowDeselect={false}
        />
        <Select
          label={w.of}
          placeholder={w.whole}
          data={[
            { group: w.site, items: sites.map(({ id, name }) => ({ value: id, label: name })) },
            {
              group: w.chargePoint,
              items: (fleet?.all ?? []).map((each) => ({ value: each.id, label: nameOf(each) })),
            },
          ]}
          value={fields.place}
          onChange={(place) => set({ place })}
          limit={100}
          searchable
          clearable
        />
      </SimpleGrid>
    </Form>
  );
}
