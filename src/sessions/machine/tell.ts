/**
 * Tells what a session costs: session.cost_updated while it goes on, at most every so often and only when the rounded total changed,
 * and once when it ends. Pure.
 */
import type { Effect } from '../../ingest/contract.ts';
import { type Cost, type Line, runsByItself } from '../../pricing/index.ts';
import type { SessionRow } from '../types.ts';
import { closedCost, costUntil } from './cost.ts';
import type { Words } from './driver.ts';

export type Telling = {
  readonly now: Date;
  /** When the input at hand came: what it tells is counted until then, and time goes on from there. */
  readonly heardAt: Date;
  readonly costEveryMs: number;
  /** undefined: no driver is told anything. */
  readonly words?: Words | undefined;
};

/** What time alone has changed is looked for so often. */
const LOOK_AGAIN_MS = 60_000;

/** Of a session that goes on: tells its total if that is news and it is time to. */
export function told(
  session: SessionRow,
  { now, heardAt, costEveryMs }: Telling,
): { session: SessionRow; effects: Effect[] } {
  const { cost } = session;
  const quiet = { session, effects: [] };
  if (cost === null || cost.count.lost !== null) return quiet;
  const { toldAt, tellAt } = cost;
  if (toldAt !== null && now.getTime() - toldAt.getTime() < costEveryMs) {
    if (tellAt !== null) return quiet;
    return { session: { ...session, cost: { ...cost, tellAt: lookAfter(toldAt) } }, effects: [] };
  }
  const news = costUntil(cost, heardAt);
  const isNews = news !== null && news.total.inclTax !== (cost.total?.inclTax ?? zeroLike(news.total.inclTax));
  if (news === null || !isNews) {
    const again = runsByItself(cost.plan, cost.count.tally) ? lookAfter(now) : null;
    const isTime = tellAt === null ? again !== null : tellAt <= now;
    return isTime ? { session: { ...session, cost: { ...cost, tellAt: again } }, effects: [] } : quiet;
  }
  const next = { ...cost, total: news.total, toldAt: now, tellAt: lookAfter(now) };
  return { session: { ...session, cost: next }, effects: [costUpdated(session, news, { at: heardAt, now })] };
}

const lookAfter = (at: Date): Date => new Date(at.getTime() + LOOK_AGAIN_MS);
/** 0.00 of 6.05: as long as nothing was told, that is what it costs. */
const zeroLike = (amount: string): string => amount.replace(/[1-9]/g, '0').replace(/^0+(?=\d)/, '');

/** The cost of a session that ends now, and that it is final. Once: the caller has made sure that it was open. */
export function closed(
  session: SessionRow,
  endedAt: Date,
  historical: boolean,
): { session: SessionRow; effects: Effect[] } {
  const next = closedCost(session, endedAt);
  const { cost, updatedAt } = next;
  if (cost?.final == null) return { session: next, effects: [] };
  const event = costUpdated(next, cost.final, { at: endedAt, now: updatedAt, isFinal: true, historical });
  return { session: { ...next, cost: { ...cost, toldAt: updatedAt } }, effects: [event] };
}

type About = {
  readonly at: Date;
  readonly now: Date;
  readonly isFinal?: boolean;
  readonly historical?: boolean;
  readonly correction?: { readonly reason: string; readonly previous_total: string | null };
};

export function costUpdated(session: SessionRow, cost: Cost, about: About): Effect {
  const { at, now, isFinal = false, historical = false, correction } = about;
  return {
    do: 'emit',
    event: {
      type: 'session.cost_updated',
      occurredAt: at,
      receivedAt: now,
      historical,
      data: {
        session_id: session.id,
        transaction_id: session.transactionId,
        ...ocppId(session),
        evse_id: session.evseId,
        connector_id: session.connectorId,
        currency: cost.currency,
        total: cost.total.inclTax,
        total_excl_tax: cost.total.exclTax,
        tax: cost.total.tax,
        prices_include_tax: cost.pricesIncludeTax,
        lines: cost.lines.map(lineOf),
        energy_wh: session.energyWh,
        is_final: isFinal,
        ...(session.isTest && { is_test: true as const }),
        ...(correction !== undefined && { correction }),
        ...(isFinal && session.cost?.reviewStatus === 'open' && { needs_review: true as const }),
      },
    },
  };
}

export const ocppId = ({ ocppTransactionId }: SessionRow) =>
  ocppTransactionId === null ? {} : { ocpp_transaction_id: ocppTransactionId };

const lineOf = ({ taxPercent, ...line }: Line) => ({ ...line, tax_percent: taxPercent });
