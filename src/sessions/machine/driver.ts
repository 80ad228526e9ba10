/**
 * Has the charger show its driver what a session costs: when it begins, whenever that is told, whenever the prices or the state change,
 * and of 1.6 what it came to. Pure. Only a charger that says it shows costs is asked to, and one that is away is not: what comes next
 * is newer.
 */
import type { Effect } from '../../ingest/contract.ts';
import {
  costText,
  isSamePrice,
  type Outlook,
  outlookOf,
  type Prices,
  type ShowCost,
  type ShownPrices,
  type ShowPrice,
} from '../../pricing/index.ts';
import type { SessionCost, SessionRow } from '../types.ts';
import { billedUntil } from './billed-until.ts';
import { costUntil, countedUntil, standingOf } from './cost.ts';
import { inLanguages, linkOf } from './driver-texts.ts';

export type Words = {
  /** undefined: that version has no words for it. */
  show(
    protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1',
    what: ShowCost | ShowPrice,
  ): { readonly action: string; readonly payload: Record<string, unknown> } | undefined;
  /** The same for a decision that is taken again. */
  idOf(about: string, revision: number, now: Date): string;
};
type About = { readonly chargePointId: string; readonly receivedAt: Date };

const TIMEOUT_S = 30;

/** Asks for it; nobody waits, and if it cannot go out at once it is lost. */
export const asked = (
  { action, payload }: NonNullable<ReturnType<Words['show']>>,
  commandId: string,
  about: About,
): Effect => ({
  do: 'feed',
  input: {
    ...({ room: 'commands', type: 'requested', ...about } as const),
    ...{ commandId, action, payload },
    ...{ timeoutS: TIMEOUT_S, requestedBy: 'system', silent: true as const },
  },
});

export function shownToDriver(
  known: SessionRow | undefined,
  session: SessionRow,
  about: About,
  words: Words | undefined,
): Effect[] {
  const { cost } = session;
  if (words === undefined || cost === null || cost.shownBy === null || cost === known?.cost) return [];
  const kind = kindOf(known, session, cost, about.receivedAt);
  const told = costUntil(cost, about.receivedAt);
  if (kind === undefined || told === null) return [];
  const call = words.show(cost.shownBy, {
    do: 'show_cost',
    transactionId: session.transactionId,
    ocppTransactionId: session.ocppTransactionId ?? undefined,
    total: Number(told.total.inclTax),
    meterWh: session.lastRegisterWh,
    hasDetails: cost.manner?.hasDetails ?? false,
    ...(kind === 'final' ? finalOf(session, cost) : runningOf(session, cost, kind, about.receivedAt)),
  });
  return call === undefined
    ? []
    : [asked(call, words.idOf(`${session.id} cost`, cost.revision, about.receivedAt), about)];
}

type Kind = ShowCost['kind'];

function kindOf(known: SessionRow | undefined, session: SessionRow, cost: SessionCost, now: Date): Kind | undefined {
  if (session.endedAt === null) return isNews(known, session, cost, now) ? 'running' : undefined;
  // Of a session that was offline from its beginning to its end nobody is there to read (OCA's note, fully offline).
  if (known === undefined) return undefined;
  if (known.endedAt === null) return waitsForLeaving(session, cost) ? 'stopped' : 'final';
  // Its cost went on after the stop, and is final now.
  const isRepriced = known.cost?.repriceReason != null && cost.repriceReason === null;
  return isRepriced && cost.unpluggedAt !== null && cost.manner?.isIdleAfterStop === true ? 'final' : undefined;
}

function isNews(known: SessionRow | undefined, session: SessionRow, cost: SessionCost, now: Date): boolean {
  const wasTold = cost.toldAt !== (known?.cost?.toldAt ?? null);
  if (wasTold || !isFull(cost)) return wasTold;
  if (known?.cost == null) return session.authorization === 'accepted';
  if (cost.count.course.phase !== known.cost.count.course.phase) return true;
  return !isSamePrice(outlook(session, cost, now).prices, outlook(known, known.cost, now).prices);
}

/** The charger reckons along with us by the prices, so it hears of them as they change; one that does not is told totals. */
const isFull = ({ shownBy, manner }: SessionCost): boolean => shownBy === 'ocpp1.6' || manner?.hasDetails === true;

/** Standing there may go on to cost until the charger says that the vehicle is gone. */
const waitsForLeaving = ({ status }: SessionRow, { manner, unpluggedAt, plan }: SessionCost): boolean =>
  status === 'ended' && manner?.isIdleAfterStop === true && unpluggedAt === null && plan.byType.idle.length > 0;

const outlook = ({ powerW }: SessionRow, { plan, count }: SessionCost, now: Date): Outlook =>
  outlookOf(plan, count.tally, countedUntil(count, now), powerW ?? undefined);

function runningOf(session: SessionRow, cost: SessionCost, kind: Exclude<Kind, 'final'>, now: Date) {
  const { plan } = cost;
  const { at, phase, prices, next, graceEndsAt, atEnergyWh, atPowerW } = outlook(session, cost, now);
  // By the station's own doing nothing costs; OCA's note knows no third state.
  const isPaused = kind === 'running' && phase === 'paused';
  const instants = [next?.at, graceEndsAt].flatMap((each) => each ?? []).sort((a, b) => a.getTime() - b.getTime());
  return {
    kind,
    at: kind === 'stopped' ? (session.endedAt ?? at) : at,
    isCharging: kind === 'running' && phase === 'charging',
    prices: shownPrices(prices, isPaused),
    ...(next !== undefined && { next: { at: next.at, prices: shownPrices(next.prices, isPaused) } }),
    readAt: {
      at: instants[0],
      energyWh: atEnergyWh,
      powerW: atPowerW,
      isStatus: plan.byType.idle.length > 0 || plan.byType.time.length > 0,
    },
  };
}

const shownPrices = ({ kWh, hour, flat, idleHour, idleGraceMs }: Prices, isPaused: boolean): ShownPrices => ({
  ...{ kWh, hour, flat },
  idleHour: isPaused ? undefined : idleHour,
  idleGraceMinutes: idleGraceMs === 0 ? undefined : Math.ceil(idleGraceMs / 60_000),
});

function finalOf(session: SessionRow, cost: SessionCost) {
  const { manner, final } = cost;
  const { id, startedAt, energyWh } = session;
  const until = billedUntil(session.endedAt ?? startedAt, standingOf(cost));
  const link = linkOf(manner, id);
  const ended = { energyWh, durationMs: until.getTime() - startedAt.getTime(), link };
  const texts = inLanguages(manner, (language) => (final === null ? '' : costText(final, ended, language)));
  return { kind: 'final', at: until, ...texts, link } as const;
}
