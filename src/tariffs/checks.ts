/** What of the terms of a tariff contradicts itself: which field it is, and what would be right. Pure. */
import { currencyDigits } from '../pricing/index.ts';
import { plainTerms, type TermsBody } from './terms.ts';

type Component = TermsBody['components'][number];
type Restrictions = NonNullable<Component['restrictions']>;
type Fault = { readonly path: (string | number)[]; readonly message: string };

export const termsBody = plainTerms.superRefine((terms, context) => {
  for (const { path, message } of faultsOf(terms)) context.addIssue({ code: 'custom', path, message });
});

const faultsOf = (terms: TermsBody): Fault[] => [
  ...boundFaults(terms),
  ...terms.components.flatMap((component, i) =>
    [...restrictionFaults(component), ...placeFaults(terms.components, i)].map(({ path, message }) => ({
      path: ['components', i, ...path],
      message,
    })),
  ),
];

function boundFaults({ currency, min_total: least, max_total: most }: TermsBody): Fault[] {
  const faults: Fault[] = [];
  if (least !== undefined && most !== undefined && Number(least) > Number(most))
    faults.push({ path: ['max_total'], message: 'must not be less than min_total' });
  const digits = currencyDigits(currency);
  for (const [field, value] of [
    ['min_total', least],
    ['max_total', most],
  ] as const) {
    if ((value?.split('.')[1]?.replace(/0+$/, '').length ?? 0) > digits)
      faults.push({ path: [field], message: `must have at most ${digits} digits after the point, as ${currency} has` });
  }
  return faults;
}

/** Of which components a restriction says something. */
const meaning = {
  min_power_w: ['energy', 'time'],
  max_power_w: ['energy', 'time'],
  min_energy_wh: ['energy', 'time', 'idle', 'flat'],
  max_energy_wh: ['energy', 'time', 'idle', 'flat'],
} as const satisfies { [Field in keyof Restrictions]?: readonly Component['type'][] };
const meant = Object.entries(meaning) as [keyof typeof meaning, readonly Component['type'][]][];

const pairs = [
  ['start_date', 'end_date'],
  ['min_energy_wh', 'max_energy_wh'],
  ['min_duration_s', 'max_duration_s'],
  ['min_power_w', 'max_power_w'],
] as const;

function restrictionFaults({ type, restrictions }: Component): Fault[] {
  if (restrictions === undefined) return [];
  const faults: Fault[] = [];
  const add = (field: keyof Restrictions & string, message: string) =>
    faults.push({ path: ['restrictions', field], message });
  for (const [field, types] of meant) {
    if (restrictions[field] !== undefined && !types.includes(type))
      add(field, `restricts ${types.join(', ')} only; remove it from ${type}`);
  }
  for (const [from, to] of pairs) {
    const [low, high] = [restrictions[from], restrictions[to]];
    if (low !== undefined && high !== undefined && low >= high) add(to, `must be beyond ${from}, or it never holds`);
  }
  const { start_time: start, end_time: end, weekdays = [] } = restrictions;
  if (start !== undefined && start === end && start !== '00:00')
    add('end_time', 'must differ from start_time; leave both out for the whole day');
  if (new Set(weekdays).size < weekdays.length) add('weekdays', 'must name each day once');
  return faults;
}

/** Behind a component without restrictions no other one of its type ever counts. */
function placeFaults(components: readonly Component[], at: number): Fault[] {
  const type = components[at]?.type;
  const before = components.findIndex(
    (each) => each.type === type && Object.values(each.restrictions ?? {}).every((value) => value === undefined),
  );
  if (before < 0 || before >= at) return [];
  const message = `never counts, since components[${before}] of the same type has no restrictions; put it before that one`;
  return [{ path: [], message }];
}
