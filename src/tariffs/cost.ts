/** A cost as REST shows it. */
import { z } from 'zod';
import type { Cost } from '../pricing/index.ts';

const amount = z.string().meta({ examples: ['6.05'] });
const columns = { excl_tax: amount, tax: amount, incl_tax: amount };

export const shownCost = z
  .object({
    currency: z.string(),
    prices_include_tax: z.boolean(),
    total: z.object(columns),
    lines: z
      .array(
        z.object({
          type: z.enum(['energy', 'time', 'idle', 'flat', 'reservation', 'minimum', 'maximum']),
          component: z.int().optional().describe('Which one of the tariff, from 0'),
          label: z.string().optional(),
          quantity: z.string().describe('As measured, in `unit`'),
          billed: z.string().describe('After the step'),
          unit: z.enum(['Wh', 's', 'piece']),
          price: z.string(),
          per: z.enum(['kWh', 'h', 'min', 'session']),
          amount: amount.describe('With tax if prices_include_tax, otherwise without'),
          tax_percent: z.string(),
        }),
      )
      .describe('They add up to total.incl_tax if prices_include_tax, otherwise to total.excl_tax'),
    taxes: z.array(z.object({ percent: z.string(), ...columns })).describe('By rate'),
  })
  .meta({ id: 'Cost' });

export const presentCost = (cost: Cost): z.input<typeof shownCost> => ({
  currency: cost.currency,
  prices_include_tax: cost.pricesIncludeTax,
  total: columnsOf(cost.total),
  lines: cost.lines.map(({ taxPercent, ...line }) => ({ ...line, tax_percent: taxPercent })),
  taxes: cost.taxes.map(({ percent, ...tax }) => ({ percent, ...columnsOf(tax) })),
});

const columnsOf = ({ exclTax, tax, inclTax }: Cost['total']) => ({ excl_tax: exclTax, tax, incl_tax: inclTax });
