/** Groups out of the parts that the database adds up: their names, their money by currency. Pure. */
import type { Spans } from './spans.ts';
import type { Grouping, TotalsPart } from './totals-store.ts';

export type Amount = {
  readonly currency: string;
  readonly sessions: number;
  readonly exclTax: string;
  readonly tax: string;
  readonly inclTax: string;
};
export type Group = {
  readonly key: string;
  readonly sessions: number;
  readonly running: number;
  readonly energyWh: number;
  readonly durationS: number;
  readonly underReview: number;
  /** Of ended and priced sessions that are not under review. Amounts of different currencies stand beside each other. */
  readonly revenue: readonly Amount[];
};

/** `parts` are sorted by their key. */
export function groupsOf(parts: readonly TotalsPart[]): Group[] {
  const groups: Group[] = [];
  for (const part of parts) {
    const { key, currency, billed, exclTax, tax, inclTax } = part;
    const amounts = currency === null || billed === 0 ? [] : [{ currency, sessions: billed, exclTax, tax, inclTax }];
    const last = groups.at(-1);
    if (last?.key !== key) {
      const { sessions, running, energyWh, durationS, underReview } = part;
      groups.push({ key, sessions, running, energyWh, durationS, underReview, revenue: amounts });
      continue;
    }
    groups[groups.length - 1] = {
      key,
      sessions: last.sessions + part.sessions,
      running: last.running + part.running,
      energyWh: last.energyWh + part.energyWh,
      durationS: last.durationS + part.durationS,
      underReview: last.underReview + part.underReview,
      revenue: [...last.revenue, ...amounts],
    };
  }
  return groups;
}

export const spanKey = (place: number): string => String(place).padStart(5, '0');

/** The days or months from the one after `after`, also those without any session; one more than `limit`, if there is one. */
export function everySpan(groups: readonly Group[], spans: Spans, after: string | undefined, limit: number): Group[] {
  const found = new Map(groups.map((group) => [group.key, group]));
  const first = after === undefined ? 1 : Number(after) + 1;
  const last = Math.min(spans.names.length, first + limit);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const key = spanKey(first + i);
    return found.get(key) ?? { key, sessions: 0, running: 0, energyWh: 0, durationS: 0, underReview: 0, revenue: [] };
  });
}

export type Name = {
  readonly site_id?: string | null;
  readonly charge_point_id?: string;
  readonly evse_id?: number;
  readonly token?: string | null;
  readonly day?: string;
  readonly month?: string;
};

/** What a group is called. */
export function nameOf(key: string, grouping: Grouping, spans: Spans | undefined): Name {
  switch (grouping) {
    case 'site':
      return { site_id: key === '' ? null : key };
    case 'charge_point':
      return { charge_point_id: key };
    case 'evse': {
      const [id = '', evse = ''] = key.split(' ');
      return { charge_point_id: id, evse_id: Number(evse) };
    }
    case 'token':
      return { token: key === '' ? null : key };
    case 'day':
      return { day: spans?.names[Number(key) - 1] ?? '' };
    case 'month':
      return { month: spans?.names[Number(key) - 1] ?? '' };
  }
}
