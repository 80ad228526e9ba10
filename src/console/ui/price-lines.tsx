/** A cost, line by line, as a receipt has it. */
import { Table, Text } from '@mantine/core';
import type { Schemas } from '../api/client.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';

type Cost = Pick<Schemas['Cost'], 'currency' | 'lines' | 'taxes' | 'total' | 'prices_include_tax'>;

export function PriceLines({ cost, isNarrow = false }: { readonly cost: Cost; readonly isNarrow?: boolean }) {
  const t = useTexts();
  const format = useFormat();
  const { currency, lines, taxes, total, prices_include_tax } = cost;
  const quantity = (line: Cost['lines'][number]): string => {
    if (line.unit === 'Wh') return format.exactEnergy(Number(line.billed));
    return line.unit === 's' ? format.exactDuration(Number(line.billed)) : line.billed;
  };
  const unitPrice = ({ price, per }: Cost['lines'][number]): string => `${format.price(price)} ${currency}/${per}`;
  return (
    <Table highlightOnHover={false} {...(isNarrow && { horizontalSpacing: 4 })}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.session.item}</Table.Th>
          <Table.Th ta="right">{t.session.quantity}</Table.Th>
          {!isNarrow && (
            <Table.Th ta="right" visibleFrom="xs">
              {t.session.unitPrice}
            </Table.Th>
          )}
          <Table.Th ta="right">{t.session.amount}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line) => (
          <Table.Tr key={`${line.type} ${line.component} ${line.price} ${line.quantity}`}>
            <Table.Td>
              {line.label ?? t.session.line[line.type]}
              {isNarrow && (
                <Text size="xs" c="dimmed" className="numbers">
                  {unitPrice(line)}
                </Text>
              )}
            </Table.Td>
            <Table.Td ta="right" className="numbers">
              {quantity(line)}
            </Table.Td>
            {!isNarrow && (
              <Table.Td ta="right" visibleFrom="xs" className="numbers">
                {unitPrice(line)}
              </Table.Td>
            )}
            <Table.Td ta="right" className="numbers">
              {format.money(line.amount, currency)}
            </Table.Td>
          </Table.Tr>
        ))}
        {taxes.map((each) => (
          <Table.Tr key={each.percent}>
            <Table.Td colSpan={2}>
              {prices_include_tax ? t.session.taxWithin(each.percent) : t.session.tax(each.percent)}
            </Table.Td>
            {!isNarrow && <Table.Td visibleFrom="xs" />}
            <Table.Td ta="right" className="numbers">
              {format.money(each.tax, currency)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
      <Table.Tfoot>
        <Table.Tr>
          <Table.Th colSpan={2}>{t.session.total}</Table.Th>
          {!isNarrow && <Table.Th visibleFrom="xs" />}
          <Table.Th ta="right" className="numbers">
            {format.money(total.incl_tax, currency)}
          </Table.Th>
        </Table.Tr>
      </Table.Tfoot>
    </Table>
  );
}
