/**
 * What a tally costs: lines, taxes, totals. Everything is exact until the end; then the total is rounded once, half up, to the
 * currency's digits, and the lines are rounded so that they add up to it (each less than one such digit off). Tax is then taken
 * of what all lines of one rate come to, so that whoever reads a receipt can check it.
 */
import { currencyDigits } from './currency.ts';
import { fixedText, roundedMoney, scaledAmount, shortText, taxOf, unitsText } from './money.ts';
import { type Plan, UWH } from './plan.ts';
import type { Tally } from './tally-types.ts';
import { type Component, type Cost, type Line, per, type Tax, type Terms } from './types.ts';
import { stepUp } from './whole.ts';

/** `scaled`: exact (money.ts). */
type Draft = { readonly line: Omit<Line, 'amount'>; readonly scaled: bigint };
type Sum = { scaled: bigint; readonly drafts: Draft[] };

export function costOf(plan: Plan, tally: Tally): Cost {
  const { currency, pricesIncludeTax } = plan.terms;
  const digits = currencyDigits(currency);
  const text = (amount: bigint): string => fixedText(amount, digits);
  const used = plan.terms.components.flatMap((component, index) => draftOf(plan, tally, component, index) ?? []);
  const lines: Line[] = [];
  const taxes: Tax[] = [];
  // The sum so far is rounded, and a line is how far it went: so the lines add up to the rounded sum of all.
  let exact = 0n;
  let before = 0n;
  let allTax = 0n;
  for (const [percent, { drafts }] of byRate([...used, ...boundsOf(plan, used)])) {
    const begun = before;
    for (const { line, scaled } of drafts) {
      exact += scaled;
      const until = roundedMoney(exact, digits);
      lines.push({ ...line, amount: text(until - before) });
      before = until;
    }
    const sum = before - begun;
    const tax = taxOf(sum, percent, pricesIncludeTax);
    taxes.push({ percent, ...amounts(sum, tax) });
    allTax += tax;
  }
  return { currency, pricesIncludeTax, total: amounts(before, allTax), lines, taxes };

  function amounts(sum: bigint, tax: bigint) {
    const exclTax = pricesIncludeTax ? sum - tax : sum;
    return { exclTax: text(exclTax), tax: text(tax), inclTax: text(exclTax + tax) };
  }
}

function draftOf(plan: Plan, tally: Tally, component: Component, index: number): Draft | undefined {
  const { type, label } = component;
  const rate = plan.rates[index];
  const quantity = type === 'flat' ? (tally.flat === index ? 1 : 0) : (tally.quantities[index] ?? 0);
  if (quantity === 0 || rate === undefined) return undefined;
  const billed = billedOf(component, quantity);
  const unit = type === 'energy' ? UWH : type === 'flat' ? 1 : 1000;
  return {
    line: {
      type,
      component: index,
      ...(label !== undefined && { label }),
      quantity: unitsText(quantity, unit),
      billed: unitsText(billed, unit),
      unit: type === 'energy' ? 'Wh' : type === 'flat' ? 'piece' : 's',
      price: rate.price,
      per: per[type],
      taxPercent: rate.taxPercent,
    },
    scaled: rate.scaled * BigInt(billed),
  };
}

function billedOf(component: Component, quantity: number): number {
  switch (component.type) {
    case 'energy':
      return component.stepWh === undefined ? quantity : stepUp(quantity, component.stepWh * UWH);
    case 'time':
    case 'idle':
    case 'reservation':
      return component.stepS === undefined ? quantity : stepUp(quantity, component.stepS * 1000);
    case 'flat':
      return quantity;
  }
}

/** Minimum and maximum are lines too; they are spread over the rates of tax as what was used is. */
function boundsOf(plan: Plan, used: readonly Draft[]): Draft[] {
  const all = used.reduce((sum, { scaled }) => sum + scaled, 0n);
  const bound = brokenBound(plan.terms, all);
  if (bound === undefined) return [];
  const { type, total, by } = bound;
  const line = { type, quantity: '1', billed: '1', unit: 'piece', price: shortText(total), per: 'session' } as const;
  const costing = [...byRate(used)].filter(([, { scaled }]) => scaled > 0n);
  if (costing.length === 0) return [{ line: { ...line, taxPercent: plan.taxPercent }, scaled: by }];
  let left = by;
  return costing.map(([taxPercent, { scaled }], i) => {
    // The last one takes what is left, so that the parts are the whole.
    const part = i === costing.length - 1 ? left : (by * scaled) / all;
    left -= part;
    return { line: { ...line, taxPercent }, scaled: part };
  });
}

type Bound = { readonly type: 'minimum' | 'maximum'; readonly total: string; readonly by: bigint };

function brokenBound({ minTotal, maxTotal }: Terms, sum: bigint): Bound | undefined {
  const below = minTotal === undefined ? 0n : scaledAmount(minTotal) - sum;
  if (minTotal !== undefined && below > 0n) return { type: 'minimum', total: minTotal, by: below };
  const above = maxTotal === undefined ? 0n : scaledAmount(maxTotal) - sum;
  if (maxTotal !== undefined && above < 0n) return { type: 'maximum', total: maxTotal, by: above };
  return undefined;
}

/** In the order in which the rates come first. */
function byRate(drafts: readonly Draft[]): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const draft of drafts) {
    const rate = draft.line.taxPercent;
    const sum = sums.get(rate) ?? { scaled: 0n, drafts: [] };
    sum.scaled += draft.scaled;
    sum.drafts.push(draft);
    sums.set(rate, sum);
  }
  return sums;
}
