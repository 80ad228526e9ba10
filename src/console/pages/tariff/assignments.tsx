/** For whom tariffs hold: of one tariff, or of all; a new assignment, and taking one back. */
import { Button, Select, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { nameOf } from '../../api/fleet.ts';
import { sitesQuery } from '../../api/sites.ts';
import { groupsQuery } from '../../api/token-groups.ts';
import { useMay } from '../../api/use-session.ts';
import { tariffTexts } from '../../texts/tariffs.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Dialog, Form, useFields } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useChargePoints } from '../../ui/live.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Waiting } from '../../ui/waiting.tsx';

type Assignment = Schemas['TariffAssignment'];
type Target = Assignment['target'];
const targets: readonly Target[] = ['organization', 'site', 'charge_point', 'token_group', 'token'];

const tariffsQuery = {
  queryKey: ['tariffs', 'choice'],
  queryFn: () => answer(api.GET('/api/v1/tariffs', { params: { query: { limit: 100 } } })),
};

/** What each kind of target may be, by id; tokens are too many and are found by their number. */
function useTargets(): (target: Target) => readonly { value: string; label: string }[] {
  const { fleet } = useChargePoints();
  const sites = useQuery(sitesQuery);
  const groups = useQuery(groupsQuery);
  return (target) => {
    switch (target) {
      case 'site':
        return sites.data?.map(({ id, name }) => ({ value: id, label: name })) ?? [];
      case 'charge_point':
        return fleet?.all.map((each) => ({ value: each.id, label: nameOf(each) })) ?? [];
      case 'token_group':
        return groups.data?.map(({ id, name }) => ({ value: id, label: name })) ?? [];
      case 'organization':
      case 'token':
        return [];
    }
  };
}

export function Assignments({ tariffId }: { readonly tariffId?: string }) {
  const w = useWords(tariffTexts);
  const format = useFormat();
  const queries = useQueryClient();
  const mayWrite = useMay('write:billing');
  const [isAdding, setAdding] = useState(false);
  const [question, setQuestion] = useState<Question>();
  const choices = useTargets();
  const tariffs = useQuery(tariffsQuery);
  const pages = usePages({
    queryKey: ['tariff-assignments', tariffId],
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/tariff-assignments', {
          params: { query: { ...(tariffId !== undefined && { tariff_id: tariffId }), limit: 100, cursor } },
        }),
      ),
  });
  const titleOf = ({ target, target_id }: Assignment): string => {
    if (target === 'organization') return w.targets.organization;
    return `${w.targets[target]}: ${choices(target).find(({ value }) => value === target_id)?.label ?? target_id}`;
  };
  const askTakeBack = (assignment: Assignment): void =>
    setQuestion({
      title: w.takeBackTitle(titleOf(assignment)),
      text: w.takeBackText,
      yes: w.takeBack,
      async do() {
        await done(api.DELETE('/api/v1/tariff-assignments/{id}', { params: { path: { id: assignment.id } } }));
        await queries.invalidateQueries({ queryKey: ['tariff-assignments'] });
      },
    });
  if (pages.rows === undefined) return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} />;
  const add = mayWrite && (tariffs.data?.data.length ?? 0) > 0 && (
    <Button variant="default" leftSection={<Icon name="add" size={16} />} onClick={() => setAdding(true)}>
      {w.assign}
    </Button>
  );
  return (
    <Stack>
      <Card p={0} label={w.assignments}>
        {pages.rows.length === 0 ? (
          <Empty icon="tariff" title={w.noAssignments} hint={w.noAssignmentsHint}>
            {add}
          </Empty>
        ) : (
          <Rows
            isOwn
            rows={pages.rows}
            columns={[
              { name: w.target, of: titleOf },
              ...(tariffId === undefined
                ? [
                    {
                      name: w.tariff,
                      of: ({ tariff_id: of }: Assignment) => (
                        <Link to={`/tariffs/${of}`}>{tariffs.data?.data.find(({ id }) => id === of)?.name ?? of}</Link>
                      ),
                    },
                  ]
                : []),
              {
                name: w.columns.changed,
                from: 'md' as const,
                isNumber: true,
                of: ({ created_at }: Assignment) => format.dateTime(created_at),
              },
              {
                name: '',
                isNumber: true,
                of: (each: Assignment) =>
                  mayWrite && (
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => askTakeBack(each)}
                      aria-label={`${w.takeBack}: ${titleOf(each)}`}
                    >
                      {w.takeBack}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Card>
      {pages.rows.length > 0 && <div>{add}</div>}
      <More pages={pages} />
      <Dialog title={isAdding ? w.assign : undefined} close={() => setAdding(false)}>
        <Assign {...(tariffId !== undefined && { tariffId })} close={() => setAdding(false)} />
      </Dialog>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Stack>
  );
}

function Assign({ tariffId, close }: { readonly tariffId?: string; readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(tariffTexts);
  const queries = useQueryClient();
  const tariffs = useQuery(tariffsQuery);
  const choices = useTargets();
  const [fields, set] = useFields({
    tariff: tariffId ?? null,
    target: 'organization' as Target,
    targetId: null as string | null,
    uid: '',
  });
  const assign = useMutation({
    mutationFn: async (): Promise<boolean> => {
      const { target, tariff, uid } = fields;
      const token = target === 'token' ? await tokenOf(uid.trim()) : undefined;
      if (target === 'token' && token === undefined) return false;
      const targetId = token ?? fields.targetId;
      await answer(
        api.POST('/api/v1/tariff-assignments', {
          params: { header: onlyOnce() },
          body: { target, tariff_id: tariff ?? '', ...(target !== 'organization' && { target_id: targetId ?? '' }) },
        }),
      );
      return true;
    },
    onSuccess: async (isDone) => {
      if (!isDone) return;
      await queries.invalidateQueries({ queryKey: ['tariff-assignments'] });
      tellDone(w.renamed, t);
      close();
    },
  });
  const faults = faultsByField(assign.error);
  return (
    <Form save={assign} yes={w.assign} fields={['target_id', 'tariff_id']}>
      {tariffId === undefined && (
        <Select
          label={w.tariff}
          data={tariffs.data?.data.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={fields.tariff}
          onChange={(tariff) => set({ tariff })}
          error={faults['tariff_id']}
          searchable
          required
        />
      )}
      <Select
        label={w.target}
        description={w.replaces}
        data={targets.map((value) => ({ value, label: w.targets[value] }))}
        value={fields.target}
        onChange={(value) => set({ target: targets.find((each) => each === value) ?? 'organization', targetId: null })}
        allowDeselect={false}
      />
      {fields.target === 'token' && (
        <TextInput
          label={w.tokenUid}
          value={fields.uid}
          onChange={(event) => set({ uid: event.currentTarget.value })}
          error={assign.data === false ? w.noToken : faults['target_id']}
          required
        />
      )}
      {fields.target !== 'token' && fields.target !== 'organization' && (
        <Select
          label={w.which}
          data={[...choices(fields.target)]}
          value={fields.targetId}
          onChange={(targetId) => set({ targetId })}
          error={faults['target_id']}
          limit={100}
          searchable
          required
        />
      )}
    </Form>
  );
}

async function tokenOf(uid: string): Promise<string | undefined> {
  const { data } = await answer(api.GET('/api/v1/tokens', { params: { query: { uid, limit: 1 } } }));
  return data[0]?.id;
}
