/** Groups of tokens: what is said of one holds for each of its tokens. */
import { Button, Group, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { groupsQuery } from '../../api/token-groups.ts';
import { useMay } from '../../api/use-session.ts';
import { tokenTexts } from '../../texts/tokens.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Dialog, Form, instantOf, localInstant, orNull, useFields } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useNow } from '../../ui/live.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Status } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { Places } from './places.tsx';
import { isExpired } from './token-state.tsx';

type TokenGroup = Schemas['TokenGroup'];

export default function Groups() {
  const w = useWords(tokenTexts);
  const mayWrite = useMay('write:charge_points');
  const [search, setSearch] = useSearchParams();
  const { data, error, refetch } = useQuery(groupsQuery);
  const asked = search.get('group');
  const open = data?.find(({ id }) => id === asked);
  const close = (): void => setSearch({}, { replace: true });
  const add = mayWrite && (
    <Button leftSection={<Icon name="add" size={16} />} onClick={() => setSearch({ group: 'new' }, { replace: true })}>
      {w.groupAdd}
    </Button>
  );
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  const title = asked === 'new' ? w.groupAdd : open === undefined ? undefined : w.groupEdit(open.name);
  return (
    <Stack>
      {data.length > 0 && <Group justify="flex-end">{add}</Group>}
      <Card p={0} label={w.tabs.groups}>
        {data.length === 0 ? (
          <Empty icon="group" title={w.groupEmpty} hint={w.groupEmptyHint}>
            {add}
          </Empty>
        ) : (
          <List groups={data} mayWrite={mayWrite} />
        )}
      </Card>
      <Dialog title={mayWrite ? title : undefined} close={close}>
        <GroupForm {...(open !== undefined && { group: open })} close={close} />
      </Dialog>
    </Stack>
  );
}

function List({ groups, mayWrite }: { readonly groups: readonly TokenGroup[]; readonly mayWrite: boolean }) {
  const w = useWords(tokenTexts);
  const format = useFormat();
  const now = useNow(15_000);
  const stateOf = (group: TokenGroup) => {
    if (group.status === 'blocked') return <Status tone="bad">{w.blocked}</Status>;
    return isExpired(group, now) ? <Status tone="warn">{w.expired}</Status> : <Status tone="ok">{w.active}</Status>;
  };
  return (
    <Rows
      isOwn
      rows={groups}
      columns={[
        {
          name: w.groupName,
          of: ({ id, name }) =>
            mayWrite ? (
              <Link className="row-link" to={`/tokens/groups?group=${id}`} replace>
                {name}
              </Link>
            ) : (
              name
            ),
        },
        { name: w.groupTag, from: 'sm', of: (group) => <span className="mono">{group.parent_id_tag}</span> },
        { name: w.status, of: stateOf },
        {
          name: w.valid,
          from: 'md',
          of: ({ valid_until }) => (valid_until === null ? w.always : format.dateTime(valid_until)),
        },
        {
          name: w.columns.most,
          from: 'md',
          isNumber: true,
          of: ({ max_concurrent }) => max_concurrent ?? w.unlimited,
        },
        {
          name: '',
          of: ({ id, name }) => (
            <Button
              component={Link}
              to={`/tokens?group=${id}`}
              size="xs"
              variant="default"
              aria-label={`${w.groupTokens}: ${name}`}
            >
              {w.groupTokens}
            </Button>
          ),
        },
      ]}
    />
  );
}

function GroupForm({ group, close }: { readonly group?: TokenGroup; readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(tokenTexts);
  const queries = useQueryClient();
  const [question, setQuestion] = useState<Question>();
  const [fields, set] = useFields({
    name: group?.name ?? '',
    tag: '',
    status: group?.status ?? ('active' as const),
    valid: localInstant(group?.valid_until),
    most: (group?.max_concurrent ?? '') as number | string,
    sites: [...(group?.allowed_site_ids ?? [])],
    points: [...(group?.allowed_charge_point_ids ?? [])],
  });
  const changed = (): Promise<unknown> => queries.invalidateQueries({ queryKey: ['token-groups'] });
  const save = useMutation({
    mutationFn: () => {
      const tag = orNull(fields.tag);
      const body = {
        name: fields.name.trim(),
        status: fields.status,
        valid_until: instantOf(fields.valid),
        max_concurrent: fields.most === '' ? null : Number(fields.most),
        allowed_site_ids: fields.sites,
        allowed_charge_point_ids: fields.points,
      };
      return group === undefined
        ? answer(
            api.POST('/api/v1/token-groups', {
              params: { header: onlyOnce() },
              body: { ...body, ...(tag !== null && { parent_id_tag: tag }) },
            }),
          )
        : answer(api.PATCH('/api/v1/token-groups/{id}', { params: { path: { id: group.id } }, body }));
    },
    onSuccess: async () => {
      await changed();
      tellDone(w.saved, t);
      close();
    },
  });
  const faults = faultsByField(save.error);
  const askRemove = ({ id, name }: TokenGroup): void =>
    setQuestion({
      title: w.removeTitle(name),
      text: w.groupRemoveText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/token-groups/{id}', { params: { path: { id } } }));
        await changed();
        close();
      },
    });
  return (
    <Form
      save={save}
      yes={group === undefined ? w.create : w.save}
      fields={[
        'name',
        'parent_id_tag',
        'valid_until',
        'max_concurrent',
        'allowed_site_ids',
        'allowed_charge_point_ids',
      ]}
    >
      <TextInput
        label={w.groupName}
        value={fields.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={faults['name']}
        data-autofocus
        required
      />
      {group === undefined && (
        <TextInput
          label={w.groupTag}
          description={w.groupTagHint}
          value={fields.tag}
          onChange={(event) => set({ tag: event.currentTarget.value })}
          error={faults['parent_id_tag']}
        />
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label={w.status}
          data={[
            { value: 'active', label: w.active },
            { value: 'blocked', label: w.blocked },
          ]}
          value={fields.status}
          onChange={(value) => set({ status: value === 'blocked' ? 'blocked' : 'active' })}
          allowDeselect={false}
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
          type="datetime-local"
          label={w.valid}
          description={w.validHint}
          value={fields.valid}
          onChange={(event) => set({ valid: event.currentTarget.value })}
          error={faults['valid_until']}
        />
      </SimpleGrid>
      <Places chosen={fields} change={set} faults={faults} />
      {group !== undefined && (
        <div>
          <Button
            variant="default"
            size="xs"
            c="var(--bad)"
            leftSection={<Icon name="remove" size={16} />}
            onClick={() => askRemove(group)}
          >
            {w.remove}
          </Button>
        </div>
      )}
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Form>
  );
}
