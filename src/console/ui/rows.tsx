/** A list as a table: columns that give way on narrow screens, rows that do not move under the pointer, and only what is in sight is drawn. */
import { Table, VisuallyHidden } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useRef } from 'react';
import { SteadyList, useSteady } from './steady.tsx';

export type Column<T> = {
  readonly name: string;
  readonly of: (row: T) => ReactNode;
  /** Shown from this width on. */
  readonly from?: 'xs' | 'sm' | 'md' | 'lg';
  readonly isNumber?: boolean;
  /** Buttons: what they are for stands on them. */
  readonly isAction?: boolean;
  /** Instead of its name. */
  readonly head?: ReactNode;
  readonly width?: number;
};

const ROW_PX = 49;
const DRAWN_WHOLE = 200;

export function Rows<T extends { readonly id: string }>(props: {
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  /** About how high one is; only of long lists. */
  readonly rowPx?: number;
  /** It changes by one's own hand alone: what one has just made is to be seen, wherever the pointer is. */
  readonly isOwn?: boolean;
  readonly isChosen?: (row: T) => boolean;
}) {
  const { rows, columns, rowPx = ROW_PX, isOwn = false, isChosen = () => false } = props;
  const held = useSteady(rows);
  const steady = isOwn ? { ...held, rows, fresh: 0 } : held;
  const place = useRef<HTMLTableSectionElement>(null);
  const isLong = steady.rows.length > DRAWN_WHOLE;
  const virtual = useWindowVirtualizer({
    count: steady.rows.length,
    estimateSize: () => rowPx,
    overscan: 15,
    scrollMargin: place.current?.offsetTop ?? 0,
    enabled: isLong,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = isLong ? [items[0]?.index ?? 0, (items.at(-1)?.index ?? 0) + 1] : [0, steady.rows.length];
  return (
    <SteadyList steady={steady}>
      <Table aria-rowcount={steady.rows.length}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ name, isAction = false, head = name, width, ...column }) => (
              <Table.Th key={name} {...placed(column)} {...(width !== undefined && { w: width })}>
                {isAction ? <VisuallyHidden>{name}</VisuallyHidden> : head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody ref={place}>
          <Space px={first * rowPx} />
          {steady.rows.slice(first, last).map((row) => (
            <Line key={row.id} row={row} columns={columns} isChosen={isChosen(row)} />
          ))}
          <Space px={(steady.rows.length - last) * rowPx} />
        </Table.Tbody>
      </Table>
    </SteadyList>
  );
}

type LineProps<T> = { readonly row: T; readonly columns: readonly Column<T>[]; readonly isChosen: boolean };

/** While one scrolls, only what comes into sight is drawn. */
const Line = memo(function Line<T>({ row, columns, isChosen }: LineProps<T>) {
  return (
    <Table.Tr className="row" {...(isChosen && { bg: 'var(--mantine-primary-color-light)' })}>
      {columns.map(({ name, of, isAction = false, ...column }) => (
        <Table.Td key={name} {...placed({ ...column, isAction })}>
          {of(row)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}) as <T>(props: LineProps<T>) => ReactNode; // memo forgets that it holds for rows of any kind

const placed = ({
  from,
  isNumber = false,
  isAction = false,
}: Pick<Column<never>, 'from' | 'isNumber' | 'isAction'>) => ({
  ta: isNumber || isAction ? ('right' as const) : ('left' as const),
  ...(isNumber && { className: 'numbers' }),
  ...(from !== undefined && { visibleFrom: from }),
});

/** What is not drawn keeps its height. */
const Space = ({ px }: { readonly px: number }) => (px === 0 ? null : <tr style={{ height: px }} />);
