/**
 * The terms of a tariff while they are written: texts in the units of people (kWh, kW, minutes), each of which may be half done. Pure:
 * made of the terms that are kept, and made into those that are sent. What is wrong with them the API says, by field.
 */
import type { Schemas } from '../../../client/index.ts';

export type Terms = Schemas['TariffTerms'];
export const kinds = ['energy', 'time', 'idle', 'flat', 'reservation'] as const;
export type Kind = (typeof kinds)[number];
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** Which bounds a component may have, in the units of people: how many of the API's units one of them is. */
export const bounds = {
  energy: {
    unit: 'kWh',
    least: 'min_energy_wh',
    most: 'max_energy_wh',
    factor: 1_000,
    of: ['energy', 'time', 'idle', 'flat'],
  },
  duration: { unit: 'min', least: 'min_duration_s', most: 'max_duration_s', factor: 60, of: kinds },
  power: { unit: 'kW', least: 'min_power_w', most: 'max_power_w', factor: 1_000, of: ['energy', 'time'] },
} as const;
export type Bound = keyof typeof bounds;

export type ComponentDraft = {
  /** Of this page alone. */
  readonly key: number;
  readonly type: Kind;
  readonly price: string;
  readonly tax: string;
  readonly label: string;
  /** Wh, or seconds. */
  readonly step: string;
  readonly graceMin: string;
  readonly weekdays: readonly Weekday[];
  readonly startTime: string;
  readonly endTime: string;
  readonly startDate: string;
  readonly endDate: string;
  readonly bounds: Readonly<Record<Bound, readonly [least: string, most: string]>>;
};
export type Draft = {
  readonly currency: string;
  readonly includesTax: boolean;
  readonly tax: string;
  readonly least: string;
  readonly most: string;
  readonly components: readonly ComponentDraft[];
};

let lastKey = 0;
export const newComponent = (type: Kind, price = ''): ComponentDraft => {
  lastKey += 1;
  const none = ['', ''] as const;
  return {
    ...{ key: lastKey, type, price, tax: '', label: '', step: '', graceMin: '', weekdays: [] },
    ...{ startTime: '', endTime: '', startDate: '', endDate: '' },
    bounds: { energy: none, duration: none, power: none },
  };
};
export const newDraft = (currency: string): Draft => ({
  ...{ currency, includesTax: true, tax: '', least: '', most: '' },
  components: [newComponent('energy')],
});

const text = (value: number | undefined, factor = 1): string => (value === undefined ? '' : String(value / factor));

export function draftOf(terms: Terms): Draft {
  return {
    currency: terms.currency,
    includesTax: terms.prices_include_tax,
    tax: terms.tax_percent === '0' ? '' : terms.tax_percent,
    least: terms.min_total ?? '',
    most: terms.max_total ?? '',
    components: terms.components.map((each) => {
      const within = each.restrictions ?? {};
      const boundOf = ({ least, most, factor }: (typeof bounds)[Bound]) =>
        [text(within[least], factor), text(within[most], factor)] as const;
      return {
        ...newComponent(each.type, each.price),
        tax: each.tax_percent ?? '',
        label: each.label ?? '',
        step: text('step_wh' in each ? each.step_wh : 'step_s' in each ? each.step_s : undefined),
        graceMin: text('grace_s' in each ? each.grace_s : undefined, 60),
        weekdays: within.weekdays ?? [],
        startTime: within.start_time ?? '',
        endTime: within.end_time ?? '',
        startDate: within.start_date ?? '',
        endDate: within.end_date ?? '',
        bounds: {
          energy: boundOf(bounds.energy),
          duration: boundOf(bounds.duration),
          power: boundOf(bounds.power),
        },
      };
    }),
  };
}

/** Written with a comma, as in half of Europe. */
const decimal = (given: string): string => given.trim().replace(',', '.');
const given = (value: string): boolean => value.trim() !== '';
/** What is no number stays one that the API refuses, so that it says so. */
const units = (value: string, factor: number): number => Math.round(Number(decimal(value)) * factor);

export function termsOf(draft: Draft): Terms {
  return {
    currency: draft.currency.trim().toUpperCase(),
    prices_include_tax: draft.includesTax,
    tax_percent: given(draft.tax) ? decimal(draft.tax) : '0',
    ...(given(draft.least) && { min_total: decimal(draft.least) }),
    ...(given(draft.most) && { max_total: decimal(draft.most) }),
    components: draft.components.map(componentOf),
  };
}

function componentOf(draft: ComponentDraft): Terms['components'][number] {
  const restrictions = restrictionsOf(draft);
  const common = {
    price: decimal(draft.price),
    ...(given(draft.tax) && { tax_percent: decimal(draft.tax) }),
    ...(given(draft.label) && { label: draft.label.trim() }),
    ...(Object.keys(restrictions).length > 0 && { restrictions }),
  };
  const step = given(draft.step) ? units(draft.step, 1) : undefined;
  switch (draft.type) {
    case 'energy':
      return { type: 'energy', ...common, ...(step !== undefined && { step_wh: step }) };
    case 'idle':
      return {
        type: 'idle',
        ...common,
        ...(given(draft.graceMin) && { grace_s: units(draft.graceMin, 60) }),
        ...(step !== undefined && { step_s: step }),
      };
    case 'flat':
      return { type: 'flat', ...common };
    case 'time':
    case 'reservation':
      return { type: draft.type, ...common, ...(step !== undefined && { step_s: step }) };
  }
}

type Restrictions = NonNullable<Terms['components'][number]['restrictions']>;

function restrictionsOf(draft: ComponentDraft): Restrictions {
  const said: Restrictions = {
    ...(draft.weekdays.length > 0 && { weekdays: weekdays.filter((day) => draft.weekdays.includes(day)) }),
    ...(given(draft.startTime) && { start_time: draft.startTime }),
    ...(given(draft.endTime) && { end_time: draft.endTime }),
    ...(given(draft.startDate) && { start_date: draft.startDate }),
    ...(given(draft.endDate) && { end_date: draft.endDate }),
  };
  for (const [bound, { least, most, factor, of }] of Object.entries(bounds)) {
    if (!of.some((kind) => kind === draft.type)) continue; // hidden, since it says nothing there
    const [from, to] = draft.bounds[bound as Bound]; // as: a key of bounds
    if (given(from)) said[least] = units(from, factor);
    if (given(to)) said[most] = units(to, factor);
  }
  return said;
}

export const isRestricted = (draft: ComponentDraft): boolean => Object.keys(restrictionsOf(draft)).length > 0;
