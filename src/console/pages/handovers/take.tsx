/** A charge point is taken over: first one sees, by its token, what it is and what is checked; then one takes it, or not. */
import { Button, Checkbox, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { paths } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { sitesQuery } from '../../api/sites.ts';
import { handoverTexts } from '../../texts/handovers.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Form, orNull, useFields } from '../../ui/form.tsx';
import { Checks, HandoverFacts } from './facts.tsx';

type LookedUp = paths['/api/v1/handovers/lookup']['post']['responses'][200]['content']['application/json'];

export function Take({ close }: { readonly close: () => void }) {
  const w = useWords(handoverTexts);
  const [fields, set] = useFields({ token: '' });
  const look = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/handovers/lookup', {
          params: { header: onlyOnce() },
          body: { token: fields.token.trim() },
        }),
      ),
  });
  if (look.data !== undefined) return <Decide found={look.data} token={fields.token.trim()} close={close} />;
  return (
    <Form save={look} yes={w.look} fields={['token']}>
      <TextInput
        label={w.enterToken}
        description={w.enterTokenHint}
        value={fields.token}
        onChange={(event) => set({ token: event.currentTarget.value })}
        error={faultsByField(look.error)['token']}
        autoComplete="off"
        required
        data-autofocus
      />
    </Form>
  );
}

function Decide(props: { readonly found: LookedUp; readonly token: string; readonly close: () => void }) {
  const { found, token, close } = props;
  const { handover, checklist } = found;
  const t = useTexts();
  const w = useWords(handoverTexts);
  const queries = useQueryClient();
  const sites = useQuery(sitesQuery);
  const isBusyThere = checklist.some(({ status }) => status === 'waiting');
  const [fields, set] = useFields({ name: '', site: null as string | null, patient: isBusyThere });
  const params = () => ({ path: { id: handover.id }, header: onlyOnce() });
  const changed = (): Promise<unknown> =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['handovers'] }),
      queries.invalidateQueries({ queryKey: ['fleet'] }),
    ]);
  const accept = useMutation({
    mutationFn: () => {
      const name = orNull(fields.name);
      return answer(
        api.POST('/api/v1/handovers/{id}/accept', {
          params: params(),
          body: {
            token,
            when: fields.patient ? 'idle' : 'now',
            ...(fields.site !== null && { site_id: fields.site }),
            ...(name !== null && { name }),
          },
        }),
      );
    },
    onSuccess: async ({ status }) => {
      tellDone(status === 'completed' ? w.accepted : w.acceptedLater, t);
      await changed();
      close();
    },
  });
  const decline = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/handovers/{id}/decline', { params: params(), body: { token } })),
    onSuccess: async () => {
      await changed();
      close();
    },
  });
  const isBlocked = checklist.some(({ status }) => status === 'blocked');
  const faults = faultsByField(accept.error);
  return (
    <Stack>
      <HandoverFacts handover={handover} />
      <Checks checklist={checklist} />
      <Form
        save={accept}
        yes={w.accept}
        isReady={!isBlocked}
        fields={['name', 'site_id']}
        also={
          <Button variant="default" onClick={() => decline.mutate()} loading={decline.isPending}>
            {w.decline}
          </Button>
        }
      >
        <SimpleGrid cols={{ base: 1, sm: 2 }} className="fields">
          <TextInput
            label={w.name}
            description={w.nameHint}
            value={fields.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={faults['name']}
          />
          <Select
            label={w.site}
            data={sites.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
            value={fields.site}
            onChange={(site) => set({ site })}
            error={faults['site_id']}
            searchable
            clearable
          />
        </SimpleGrid>
        <Checkbox
          label={w.whenIdle}
          checked={fields.patient}
          onChange={(event) => set({ patient: event.currentTarget.checked })}
        />
      </Form>
      <ErrorNote cause={decline.error} />
    </Stack>
  );
}
