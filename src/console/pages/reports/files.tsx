/** Files that are written every day, week or month by themselves: by which schedules, what became of each, and the files to be fetched. */
import { Button, Select, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done } from '../../api/client.ts';
import { nameOf } from '../../api/fleet.ts';
import { sitesQuery } from '../../api/sites.ts';
import { useMay } from '../../api/use-session.ts';
import { billingTexts } from '../../texts/billing.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Dialog } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useChargePoints } from '../../ui/live.tsx';
import { Card, Empty, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { RowAction } from '../../ui/row-action.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { useParam } from '../../ui/use-param.ts';
import { Waiting } from '../../ui/waiting.tsx';
import { Written } from './files-written.tsx';
import { ScheduleForm } from './schedule-form.tsx';

export type Schedule = Schemas['ExportSchedule'];
const KEY = ['export-schedules'] as const;

export default function Files() {
  const w = useWords(billingTexts);
  const queries = useQueryClient();
  const mayWrite = useMay('write:billing');
  const [isAdding, setAdding] = useState(false);
  const [question, setQuestion] = useState<Question>();
  const [of, setOf] = useParam('schedule');
  const pages = usePages({
    queryKey: KEY,
    ask: (cursor) => answer(api.GET('/api/v1/exports/schedules', { params: { query: { limit: 100, cursor } } })),
  });
  const askRemove = ({ id, name }: Schedule): void =>
    setQuestion({
      title: w.removeTitle(name),
      text: w.removeText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/exports/schedules/{id}', { params: { path: { id } } }));
        await queries.invalidateQueries({ queryKey: KEY });
      },
    });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  const add = mayWrite && (
    <Button leftSection={<Icon name="add" size={16} />} onClick={() => setAdding(true)}>
      {w.scheduleAdd}
    </Button>
  );
  const isEmpty = pages.rows.length === 0;
  const names = new Map(pages.rows.map(({ id, name }) => [id, name]));
  return (
    <Stack gap="lg">
      <Section title={w.schedules} hint={isEmpty ? undefined : w.schedulesHint} {...(!isEmpty && { actions: add })}>
        <Card p={0} label={w.schedules}>
          {isEmpty ? (
            <Empty icon="calendar" title={w.scheduleEmpty} hint={w.scheduleEmptyHint}>
              {add}
            </Empty>
          ) : (
            <Schedules all={pages.rows} remove={mayWrite ? askRemove : undefined} />
          )}
        </Card>
        <More pages={pages} />
      </Section>
      <Section
        title={w.files}
        actions={
          !isEmpty && (
            <Select
              aria-label={w.filesOf}
              placeholder={w.filesOf}
              size="xs"
              clearable
              value={of === '' ? null : of}
              onChange={(next) => setOf(next ?? '')}
              data={[...names].map(([value, label]) => ({ value, label }))}
            />
          )
        }
      >
        <Written of={of === '' ? undefined : of} names={names} />
      </Section>
      <Dialog title={isAdding ? w.scheduleAdd : undefined} close={() => setAdding(false)}>
        <ScheduleForm
          done={async () => {
            setAdding(false);
            await queries.invalidateQueries({ queryKey: KEY });
          }}
        />
      </Dialog>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Stack>
  );
}

function Schedules(props: {
  readonly all: readonly Schedule[];
  readonly remove: ((schedule: Schedule) => void) | undefined;
}) {
  const { all, remove } = props;
  const w = useWords(billingTexts);
  const format = useFormat();
  const { data: sites } = useQuery(sitesQuery);
  const { fleet } = useChargePoints();
  const placeOf = ({ site_id: site, charge_point_id: point }: Schedule): string => {
    if (point !== null) {
      const found = fleet?.all.find(({ id }) => id === point);
      return found === undefined ? point : nameOf(found);
    }
    return site === null ? w.whole : (sites?.find(({ id }) => id === site)?.name ?? site);
  };
  const columns: Column<Schedule>[] = [
    {
      name: w.name,
      of: (each) => (
        <>
          <Text size="sm" fw={600}>
            {each.name}
          </Text>
          <Text size="xs" c="dimmed">
            {w.kinds[each.kind]} · {w.formats[each.format]}
          </Text>
        </>
      ),
    },
    { name: w.period, of: ({ period }) => w.periods[period] },
    { name: w.of, from: 'md', of: placeOf },
    { name: w.next, from: 'sm', isNumber: true, of: ({ next_at: at }) => format.dateTime(at) },
    ...(remove === undefined
      ? []
      : [
          {
            name: w.remove,
            isAction: true,
            of: (each: Schedule) => (
              <RowAction name={w.remove} label={w.removeTitle(each.name)} act={() => remove(each)} />
            ),
          },
        ]),
  ];
  return <Rows isOwn rows={all} columns={columns} />;
}
