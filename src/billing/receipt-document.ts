/** A receipt as a document for people. What it says is in the receipt; here it only gets its form. Pure. */
import type { Block, DocumentContent } from '../documents/index.ts';
import type { Receipt } from './receipt.ts';
import { durationText, kwhText, wallDate, wallTime } from './wall-time.ts';

type Line = Receipt['cost']['lines'][number];

const NAMES: Readonly<Record<Line['type'], string>> = {
  energy: 'Energy',
  time: 'Charging time',
  idle: 'Occupied without charging',
  flat: 'Per session',
  reservation: 'Reservation',
  minimum: 'Up to the minimum price',
  maximum: 'Down to the maximum price',
};

export function receiptDocument(receipt: Receipt): DocumentContent {
  const { issuer, place, timezone, cost, corrects } = receipt;
  const { number } = receipt;
  const money = (amount: string): string => `${amount} ${cost.currency}`;
  const blocks: Block[] = [
    { kind: 'title', text: 'Receipt', beside: `${number}, ${wallDate(receipt.issued_at, timezone)}` },
    {
      kind: 'columns',
      columns: [
        [
          issuer.name,
          ...(issuer.address?.split('\n') ?? []),
          ...(issuer.vat_id === null ? [] : [`VAT ${issuer.vat_id}`]),
        ],
        [place.name ?? receipt.charge_point.identity, ...placeLines(place)],
      ],
    },
  ];
  if (corrects !== null)
    blocks.push({
      kind: 'note',
      tone: 'warning',
      text:
        `Corrected receipt. It takes the place of ${corrects.number} over ${corrects.incl_tax} ${corrects.currency}. ` +
        `Reason: ${corrects.reason}`,
    });
  blocks.push({ kind: 'facts', facts: factsOf(receipt) }, { kind: 'heading', text: 'What it costs' });
  if (receipt.free_of_charge) blocks.push({ kind: 'note', text: 'This session was free of charge.' });
  blocks.push(
    {
      kind: 'table',
      columns: [
        { title: 'Description', share: 34 },
        { title: 'Quantity', share: 26, align: 'right' },
        { title: 'Price', share: 20, align: 'right' },
        { title: 'Tax', share: 10, align: 'right' },
        { title: cost.prices_include_tax ? 'Amount incl. tax' : 'Amount excl. tax', share: 20, align: 'right' },
      ],
      rows: cost.lines.map((line) => rowOf(line, cost.currency)),
      sums: [
        cost.prices_include_tax
          ? ['Total', '', '', '', money(cost.total.incl_tax)]
          : ['Total excl. tax', '', '', '', money(cost.total.excl_tax)],
      ],
    },
    {
      kind: 'table',
      columns: [
        { title: 'Tax rate', share: 40 },
        { title: 'Excl. tax', share: 20, align: 'right' },
        { title: 'Tax', share: 20, align: 'right' },
        { title: 'Incl. tax', share: 20, align: 'right' },
      ],
      rows: cost.taxes.map((tax) => [`${tax.percent} %`, money(tax.excl_tax), money(tax.tax), money(tax.incl_tax)]),
      sums: [['Total', money(cost.total.excl_tax), money(cost.total.tax), money(cost.total.incl_tax)]],
    },
  );
  const footer = [issuer.name, ...(issuer.vat_id === null ? [] : [`VAT ${issuer.vat_id}`]), receipt.session_id].join(
    ' · ',
  );
  return { title: `Receipt ${number}`, author: issuer.name, createdAt: receipt.issued_at, footer, blocks };
}

const placeLines = ({ address, postal_code: code, city, country }: Receipt['place']): string[] =>
  [address, [code, city].filter((part) => part !== null).join(' '), country].flatMap((line) =>
    line === null || line === '' ? [] : [line],
  );

function factsOf(receipt: Receipt): [string, string][] {
  const { charge_point: point, timezone, tariff, meter_stop_wh: stop } = receipt;
  return [
    ['Charge point', `${point.identity}, EVSE ${point.evse_id}, connector ${point.connector_id}`],
    ...(receipt.token === null ? [] : ([['Token', receipt.token]] as [string, string][])),
    ['Began', wallTime(receipt.started_at, timezone)],
    ['Ended', wallTime(receipt.ended_at, timezone)],
    ['Duration', durationText(receipt.duration_s)],
    ['Meter', `${kwhText(receipt.meter_start_wh)}${stop === null ? '' : ` to ${kwhText(stop)}`}`],
    ['Energy', kwhText(receipt.energy_wh)],
    ...(tariff === null
      ? []
      : ([['Tariff', `${tariff.name ?? tariff.id}, version ${tariff.version}`]] as [string, string][])),
  ];
}

function rowOf(line: Line, currency: string): string[] {
  const name = line.label ?? NAMES[line.type];
  if (line.type === 'minimum' || line.type === 'maximum')
    return [name, '', '', `${line.tax_percent} %`, `${line.amount} ${currency}`];
  return [
    name,
    quantityOf(line),
    `${line.price} ${currency}/${line.per}`,
    `${line.tax_percent} %`,
    `${line.amount} ${currency}`,
  ];
}

/** What was charged for; beside it what was measured, where a step made it another quantity. */
function quantityOf({ unit, billed, quantity }: Line): string {
  const say = (amount: string): string => {
    if (unit === 'piece') return `${amount} ×`;
    if (unit === 's') return durationText(Math.round(Number(amount)));
    return kwhText(Math.round(Number(amount)));
  };
  return billed === quantity ? say(billed) : `${say(billed)} (measured ${say(quantity)})`;
}
