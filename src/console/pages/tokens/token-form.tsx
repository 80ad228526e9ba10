/** A new token, or another standing of one that exists. */
import { NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { groupsQuery } from '../../api/token-groups.ts';
import { tokenTexts } from '../../texts/tokens.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { tellDone } from '../../ui/error-note.tsx';
import { Form, instantOf, localInstant, orNull, useFields } from '../../ui/form.tsx';
import { Places } from './places.tsx';
import type { Token } from './token-state.tsx';

const placeFields = ['allowed_site_ids', 'allowed_charge_point_ids'];
const kinds = ['rfid', 'app', 'emaid', 'key_code', 'mac', 'vin', 'local', 'central'] as const;
const shownFaults = ['uid', 'type', 'group_id', 'valid_until', 'max_concurrent', 'credit', 'language', ...placeFields];

export function TokenForm({ token, done }: { readonly token?: Token; readonly done: () => void }) {
  const t = useTexts();
  const w = useWords(tokenTexts);
  const queries = useQueryClient();
  const groups = useQuery(groupsQuery);
  const [fields, set] = useFields({
    uid: token?.uid ?? '',
    type: token?.type ?? ('rfid' as const),
    group: token?.group_id ?? null,
    valid: localInstant(token?.valid_until),
    most: token === undefined ? (1 as number | string) : (token.max_concurrent ?? ''),
    credit: token?.credit ?? '',
    language: token?.language ?? '',
    sites: [...(token?.allowed_site_ids ?? [])],
    points: [...(token?.allowed_charge_point_ids ?? [])],
  });
  const save = useMutation({
    mutationFn: () => {
      const body = {
        type: fields.type,
        group_id: fields.group,
        valid_until: instantOf(fields.valid),
        max_concurrent: fields.most === '' ? null : Number(fields.most),
        credit: orNull(fields.credit),
        language: orNull(fields.language),
        allowed_site_ids: fields.sites,
        allowed_charge_point_ids: fields.points,
      };
      return token === undefined
        ? answer(
            api.POST('/api/v1/tokens', { params: { header: onlyOnce() }, body: { ...body, uid: fields.uid.trim() } }),
          )
        : answer(api.PATCH('/api/v1/tokens/{id}', { params: { path: { id: token.id } }, body }));
    },
    onSuccess: async (saved) => {
      queries.setQueryData(['token', saved.id], saved);
      await queries.invalidateQueries({ queryKey: ['tokens'] });
      tellDone(w.saved, t);
      done();
    },
  });
  const faults = faultsByField(save.error);
  return (
    <Form save={save} yes={token === undefined ? w.create : w.save} fields={shownFaults}>
      {token === undefined && (
        <TextInput
          label={w.uid}
          description={w.uidHint}
          value={fields.uid}
          onChange={(event) => set({ uid: event.currentTarget.value })}
          error={faults['uid']}
          maxLength={255}
          data-autofocus
          required
        />
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }} className="fields">
        <Select
          label={w.type}
          data={kinds.map((value) => ({ value, label: w.types[value] }))}
          value={fields.type}
          onChange={(value) => set({ type: kinds.find((each) => each === value) ?? 'rfid' })}
          allowDeselect={false}
          error={faults['type']}
        />
        <Select
          label={w.group}
          placeholder={w.noGroup}
          data={groups.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={fields.group}
          onChange={(group) => set({ group })}
          error={faults['group_id']}
          clearable
          searchable
        />
        <TextInput
          type="datetime-local"
          label={w.valid}
          description={w.validHint}
          value={fields.valid}
          onChange={(event) => set({ valid: event.currentTarget.value })}
          error={faults['valid_until']}
        />
        <NumberInput
          label={w.most}
          description={w.mostHint}
          min={1}
          max={1000}
          allowDecimal={false}
          value={fields.most}
          onChange={(most) => set({ most })}
          error={faults['max_concurrent']}
        />
        <TextInput
          label={w.credit}
          description={w.creditHint}
          inputMode="decimal"
          value={fields.credit}
          onChange={(event) => set({ credit: event.currentTarget.value })}
          error={faults['credit']}
        />
        <TextInput
          label={w.language}
          description={w.languageHint}
          value={fields.language}
          onChange={(event) => set({ language: event.currentTarget.value })}
          error={faults['language']}
        />
      </SimpleGrid>
      <Places chosen={fields} change={set} faults={faults} />
    </Form>
  );
}
