/** How the chargers of a site share its supply: the cap and why, what each has and why, and the settings asked for most. */
import { Button, NumberInput, Select, SimpleGrid, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { ApiError, faultsByField } from '../../api/errors.ts';
import { useMay } from '../../api/use-session.ts';
import { siteLoad } from '../../texts/site-load.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Dialog, Form, useFields } from '../../ui/form.tsx';
import { Card, Empty, Fact, Section } from '../../ui/page.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { Status, type Tone } from '../../ui/status.tsx';

type Settings = Schemas['SiteLoad'];
type State = Schemas['SiteLoadState'];
type Member = State['charge_points'][number];

const keyOf = (siteId: string) => ['site-load', siteId];
const LOOK_AGAIN_MS = 3_000;

/** null: it has none. */
async function settingsOf(id: string): Promise<Settings | null> {
  try {
    return await answer(api.GET('/api/v1/sites/{id}/load', { params: { path: { id } } }));
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 404) return null;
    throw cause;
  }
}

export function SiteLoad({ siteId }: { readonly siteId: string }) {
  const w = useWords(siteLoad);
  const mayWrite = useMay('write:charge_points');
  const [isEditing, setEditing] = useState(false);
  const { data, error } = useQuery({ queryKey: keyOf(siteId), queryFn: () => settingsOf(siteId) });
  if (data === undefined) return <ErrorNote cause={error} />;
  const edit = mayWrite && (
    <Button variant="default" onClick={() => setEditing(true)}>
      {data === null ? w.share : w.change}
    </Button>
  );
  return (
    <Section title={w.title} actions={data !== null && edit}>
      {data === null ? (
        <Card>
          <Empty icon="gauge" title={w.none} hint={w.noneHint}>
            {edit}
          </Empty>
        </Card>
      ) : (
        <Shared siteId={siteId} settings={data} />
      )}
      <Dialog title={isEditing ? w.title : undefined} close={() => setEditing(false)} size="md">
        <SettingsForm siteId={siteId} settings={data} close={() => setEditing(false)} />
      </Dialog>
    </Section>
  );
}

const tones: Record<NonNullable<State['state']>, Tone> = { met: 'ok', lowering: 'warn', unmet: 'bad' };

function Shared({ siteId, settings }: { readonly siteId: string; readonly settings: Settings }) {
  const w = useWords(siteLoad);
  const f = useFormat();
  const { data, error } = useQuery({
    queryKey: [...keyOf(siteId), 'state'],
    queryFn: () => answer(api.GET('/api/v1/sites/{id}/load/state', { params: { path: { id: siteId } } })),
    refetchInterval: LOOK_AGAIN_MS,
  });
  if (data === undefined) return <ErrorNote cause={error} />;
  const amount = (value: number | null): string => {
    if (value === null) return '–';
    return data.unit === 'W' ? f.power(value) : w.amperes(f.decimal(value));
  };
  const columns: Column<Member>[] = [
    {
      name: w.columns.name,
      of: ({ id, identity }) => (
        <Link className="row-link" to={`/charge-points/${id}`}>
          {identity}
        </Link>
      ),
    },
    { name: w.columns.target, isNumber: true, of: ({ target }) => amount(target) },
    { name: w.columns.ceiling, isNumber: true, from: 'sm', of: ({ ceiling }) => amount(ceiling) },
    { name: w.columns.why, from: 'xs', of: ({ reason }) => (reason === null ? w.unlooked : w.why[reason]) },
  ];
  return (
    <>
      <Card>
        <SimpleGrid component="dl" m={0} cols={{ base: 1, sm: 2, lg: 4 }}>
          <Fact name={w.state}>
            {!settings.enabled || data.state === null ? (
              <Status tone="off">{settings.enabled ? w.unlooked : w.off}</Status>
            ) : (
              <Status tone={tones[data.state]}>{w.states[data.state]}</Status>
            )}
          </Fact>
          <Fact name={w.cap}>
            {amount(data.cap ?? settings.cap)}
            {data.cap_reason !== null && `, ${w.reasons[data.cap_reason]}`}
          </Fact>
          <Fact name={w.ceiling}>{amount(data.ceiling)}</Fact>
          <Fact name={w.draw}>{f.power(data.draw_w)}</Fact>
        </SimpleGrid>
      </Card>
      {settings.enabled && data.charge_points.length > 0 && (
        <Card p={0} label={w.title}>
          <Rows rows={data.charge_points} columns={columns} />
        </Card>
      )}
    </>
  );
}

function SettingsForm(props: {
  readonly siteId: string;
  readonly settings: Settings | null;
  readonly close: () => void;
}) {
  const { siteId, settings, close } = props;
  const t = useTexts();
  const w = useWords(siteLoad);
  const queries = useQueryClient();
  const [fields, set] = useFields({
    unit: settings?.unit ?? ('A' as const),
    cap: settings?.cap as number | string | undefined,
    strategy: settings?.strategy ?? ('equal' as const),
    enabled: settings?.enabled ?? true,
  });
  const save = useMutation({
    mutationFn: () => {
      // What is not in this form stays as it is.
      const { updated_at: _, ...others } = settings ?? { updated_at: '' };
      const body = { ...others, ...fields, cap: Number(fields.cap) };
      return answer(api.PUT('/api/v1/sites/{id}/load', { params: { path: { id: siteId } }, body }));
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keyOf(siteId) }); // shown by the queries
      tellDone(w.saved, t);
      close();
    },
  });
  const faults = faultsByField(save.error);
  return (
    <Form
      save={save}
      yes={w.save}
      fields={['cap']}
      cancel={close}
      isReady={fields.cap !== undefined && fields.cap !== ''}
    >
      {settings === null && (
        <Select
          label={w.unit}
          data={(['A', 'W'] as const).map((value) => ({ value, label: w.units[value] }))}
          value={fields.unit}
          allowDeselect={false}
          onChange={(unit) => set({ unit: unit === 'W' ? 'W' : 'A' })}
        />
      )}
      <NumberInput
        label={w.capIn[fields.unit]}
        description={w.capHint}
        required
        min={0}
        value={fields.cap ?? ''}
        error={faults['cap']}
        onChange={(cap) => set({ cap })}
      />
      <Select
        label={w.strategy}
        data={(['equal', 'priority', 'first_come_first_served'] as const).map((value) => ({
          value,
          label: w.strategies[value],
        }))}
        value={fields.strategy}
        allowDeselect={false}
        onChange={(strategy) => set({ strategy: (strategy ?? 'equal') as Settings['strategy'] })}
      />
      <Switch
        label={w.enabled}
        checked={fields.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
    </Form>
  );
}
