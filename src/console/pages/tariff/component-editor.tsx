/** One line of a tariff: its price, and under which conditions it holds. */
import { ActionIcon, Chip, Collapse, Group, SimpleGrid, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDisclosure, useId } from '@mantine/hooks';
import type { ChangeEvent } from 'react';
import { tariffTexts } from '../../texts/tariffs.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { Card } from '../../ui/page.tsx';
import { type Bound, bounds, type ComponentDraft, isRestricted, type Weekday, weekdays } from './draft.ts';

type Props = {
  readonly component: ComponentDraft;
  readonly name: string;
  readonly change: (changed: ComponentDraft) => void;
  readonly remove: () => void;
  readonly up?: () => void;
  readonly down?: () => void;
  /** Of the whole terms. */
  readonly faults: Readonly<Record<string, string>>;
  readonly path: string;
};

export function ComponentEditor(props: Props) {
  const { component, name, change, remove, up, down, faults, path } = props;
  const w = useWords(tariffTexts);
  const format = useFormat();
  const { type } = component;
  const hasFault = Object.keys(faults).some(
    (field) => /restrictions|tax_percent|step_/.test(field) && field.startsWith(path),
  );
  const [isOpen, { toggle }] = useDisclosure(isRestricted(component));
  const id = useId();
  const set = (changed: Partial<ComponentDraft>): void => change({ ...component, ...changed });
  const text = (field: 'price' | 'label' | 'tax' | 'step' | 'graceMin') => ({
    value: component[field],
    onChange: (event: ChangeEvent<HTMLInputElement>) => set({ [field]: event.currentTarget.value }),
  });
  const faultOf = (field: string) => faults[`${path}.${field}`];
  const isStepped = type !== 'flat';
  return (
    <Card label={name} p="md">
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600}>{name}</Text>
          <Group gap={4} wrap="nowrap">
            {up !== undefined && <Small icon="toCharger" label={w.up(name)} click={up} />}
            {down !== undefined && <Small icon="fromCharger" label={w.down(name)} click={down} />}
            <Small icon="remove" label={w.removeComponent(name)} click={remove} />
          </Group>
        </Group>
        <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm" className="fields">
          <TextInput
            label={w.price(w.per[type])}
            inputMode="decimal"
            {...text('price')}
            error={faultOf('price')}
            required
          />
          <TextInput label={w.label} placeholder={w.kinds[type]} {...text('label')} error={faultOf('label')} />
          {type === 'idle' && (
            <TextInput label={w.grace} inputMode="decimal" {...text('graceMin')} error={faultOf('grace_s')} />
          )}
        </SimpleGrid>
        {faults[path] !== undefined && (
          <Text size="sm" c="var(--bad)" role="alert">
            {faults[path]}
          </Text>
        )}
        <UnstyledButton onClick={toggle} aria-expanded={isOpen || hasFault} aria-controls={id} fz="sm">
          <Group gap="xs">
            <span className={isOpen || hasFault ? 'turned' : undefined} style={{ display: 'inline-flex' }}>
              <Icon name="next" size={16} />
            </span>
            <Text span size="sm" fw={500}>
              {w.conditions}
            </Text>
            <Text span size="sm" c="dimmed">
              {isRestricted(component) ? told(component, format.locale, w.dayNames) : w.always}
            </Text>
          </Group>
        </UnstyledButton>
        <Collapse expanded={isOpen || hasFault} id={id}>
          <Conditions component={component} set={set} faultOf={(field) => faultOf(`restrictions.${field}`)} />
          <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm" pt="sm" className="fields">
            <TextInput label={w.ownTax} inputMode="decimal" {...text('tax')} error={faultOf('tax_percent')} />
            {isStepped && (
              <TextInput
                label={type === 'energy' ? w.stepWh : w.stepS}
                inputMode="numeric"
                {...text('step')}
                error={faultOf(type === 'energy' ? 'step_wh' : 'step_s')}
              />
            )}
          </SimpleGrid>
        </Collapse>
      </Stack>
    </Card>
  );
}

/** Such as Mon, Tue · 22:00–06:00 · ≥ 20 kWh. */
function told(draft: ComponentDraft, locale: string, days: Readonly<Record<Weekday, string>>): string {
  const { startTime, endTime, startDate, endDate } = draft;
  const span = (from: string, to: string) => (from === '' && to === '' ? '' : `${from}–${to}`);
  const named = weekdays.filter((day) => draft.weekdays.includes(day)).map((day) => days[day]);
  const limits = Object.entries(bounds).map(([bound, { unit, of }]) => {
    const [from, to] = draft.bounds[bound as Bound]; // as: a key of bounds
    const isMeant = of.some((kind) => kind === draft.type);
    return isMeant && (from !== '' || to !== '') ? `${span(from || '0', to)} ${unit}` : '';
  });
  return [
    new Intl.ListFormat(locale, { type: 'unit', style: 'short' }).format(named),
    span(startTime, endTime),
    span(startDate, endDate),
    ...limits,
  ]
    .filter(Boolean)
    .join(' · ');
}

function Conditions(props: {
  readonly component: ComponentDraft;
  readonly set: (changed: Partial<ComponentDraft>) => void;
  readonly faultOf: (field: string) => string | undefined;
}) {
  const { component, set, faultOf } = props;
  const w = useWords(tariffTexts);
  const field = (name: 'startTime' | 'endTime' | 'startDate' | 'endDate') => ({
    value: component[name],
    onChange: (event: ChangeEvent<HTMLInputElement>) => set({ [name]: event.currentTarget.value }),
  });
  const shown = (Object.keys(bounds) as Bound[]).filter((bound) =>
    bounds[bound].of.some((kind) => kind === component.type),
  );
  return (
    <Stack gap="sm" pt="xs">
      <div>
        <Text size="sm" fw={500} mb={4}>
          {w.days}
        </Text>
        <Chip.Group
          multiple
          value={[...component.weekdays]}
          onChange={(chosen) => set({ weekdays: weekdays.filter((day) => chosen.includes(day)) })}
        >
          <Group gap={6}>
            {weekdays.map((day) => (
              <Chip key={day} value={day} size="xs">
                {w.dayNames[day]}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </div>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <TextInput type="time" label={w.from} {...field('startTime')} error={faultOf('start_time')} />
        <TextInput type="time" label={w.until} {...field('endTime')} error={faultOf('end_time')} />
        <TextInput type="date" label={w.fromDate} {...field('startDate')} error={faultOf('start_date')} />
        <TextInput type="date" label={w.untilDate} {...field('endDate')} error={faultOf('end_date')} />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {w.timeHint}
      </Text>
      <SimpleGrid cols={{ base: 2, sm: 6 }} spacing="sm" className="fields">
        {shown.flatMap((bound) =>
          ([0, 1] as const).map((side) => (
            <TextInput
              key={`${bound} ${side}`}
              label={side === 0 ? w.boundLeast[bound] : w.boundMost[bound]}
              inputMode="decimal"
              value={component.bounds[bound][side]}
              onChange={({ currentTarget: { value } }) => {
                const [least, most] = component.bounds[bound];
                set({ bounds: { ...component.bounds, [bound]: side === 0 ? [value, most] : [least, value] } });
              }}
              error={faultOf(side === 0 ? bounds[bound].least : bounds[bound].most)}
            />
          )),
        )}
      </SimpleGrid>
    </Stack>
  );
}

function Small(props: { readonly icon: IconName; readonly label: string; readonly click: () => void }) {
  const { icon, label, click } = props;
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} title={label} onClick={click}>
      <Icon name={icon} size={16} />
    </ActionIcon>
  );
}
