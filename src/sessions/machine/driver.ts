/**
 * Has the charger show its driver what a session costs, whenever that is told: while it runs, and of 1.6 what it came to. Pure. Only a
 * charger that says it shows costs is asked to, and one that is away is not: what comes next is newer.
 */
import type { Effect } from '../../ingest/contract.ts';
import type { Component, Plan } from '../../pricing/index.ts';
import type { SessionRow } from '../types.ts';

/** What is to be shown, before anybody has said it in the words of a version (commands/types.ts show_cost). */
export type Shown = {
  readonly do: 'show_cost';
  readonly transactionId: number;
  readonly ocppTransactionId: string | undefined;
  readonly total: number;
  readonly isFinal: boolean;
  readonly at: Date;
  readonly meterWh: number;
  readonly isCharging: boolean;
  readonly prices: {
    readonly kWh: number | undefined;
    readonly hour: number | undefined;
    readonly flat: number | undefined;
    readonly idleHour: number | undefined;
    readonly idleGraceMinutes: number | undefined;
  };
  readonly text: string;
};
export type Words = {
  /** undefined: that version has no words for it. */
  show(
    protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1',
    cost: Shown,
  ): { readonly action: string; readonly payload: Record<string, unknown> } | undefined;
  /** The same for a decision that is taken again. */
  idOf(sessionId: string, revision: number, now: Date): string;
};

const TIMEOUT_S = 30;

export function shownToDriver(
  known: SessionRow | undefined,
  session: SessionRow,
  about: { readonly chargePointId: string; readonly receivedAt: Date },
  words: Words | undefined,
): Effect[] {
  const { cost, endedAt } = session;
  if (words === undefined || cost === null || cost.shownBy === null || cost.total === null) return [];
  const isFinal = endedAt !== null;
  const wasTold = isFinal
    ? known !== undefined && known.endedAt === null
    : cost.toldAt !== (known?.cost?.toldAt ?? null);
  if (!wasTold) return [];
  const { total } = cost;
  const call = words.show(cost.shownBy, {
    do: 'show_cost',
    transactionId: session.transactionId,
    ocppTransactionId: session.ocppTransactionId ?? undefined,
    total: Number(total.inclTax),
    isFinal,
    at: about.receivedAt,
    meterWh: session.lastRegisterWh,
    isCharging: cost.count.course.phase === 'charging',
    prices: pricesOf(cost.plan, session.energyWh),
    text: `${total.inclTax} ${cost.currency}`,
  });
  if (call === undefined) return [];
  return [
    {
      do: 'feed',
      input: {
        ...({ room: 'commands', type: 'requested', ...about } as const),
        commandId: words.idOf(session.id, cost.revision, about.receivedAt),
        ...call,
        ...{ timeoutS: TIMEOUT_S, requestedBy: 'system', silent: true as const },
      },
    },
  ];
}

/** Of each kind the first price that no restriction of the calendar or of the power may take away again, at this energy. */
function pricesOf({ terms }: Plan, energyWh: number) {
  const first = <T extends Component['type']>(type: T) =>
    terms.components.find(
      (each): each is Extract<Component, { type: T }> => each.type === type && holdsAt(each, energyWh),
    );
  const priceOf = (component: Component | undefined, times = 1) =>
    component === undefined ? undefined : Number((Number(component.price) * times).toFixed(6));
  const idle = first('idle');
  return {
    kWh: priceOf(first('energy')),
    hour: priceOf(first('time')),
    flat: priceOf(first('flat')),
    idleHour: priceOf(idle, 60),
    idleGraceMinutes: idle?.graceS === undefined ? undefined : Math.ceil(idle.graceS / 60),
  };
}

function holdsAt({ restrictions = {} }: Component, energyWh: number): boolean {
  const { minEnergyWh = 0, maxEnergyWh = Number.POSITIVE_INFINITY, ...others } = restrictions;
  return (
    Object.values(others).every((value) => value === undefined) && energyWh >= minEnergyWh && energyWh < maxEnergyWh
  );
}
