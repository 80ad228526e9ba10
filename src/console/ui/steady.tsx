/** Lists that do not move under the pointer: values change where they stand, what is new waits until it is asked for or the pointer has left. */
import { Button } from '@mantine/core';
import { type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { useTexts } from '../texts/use-texts.ts';

type Steady<T> = {
  readonly rows: readonly T[];
  /** How many wait. */
  readonly fresh: number;
  show(): void;
  /** Onto what the rows stand in. */
  readonly hold: { onPointerEnter(event: PointerEvent): void; onPointerLeave(): void };
};

export function useSteady<T extends { readonly id: string }>(rows: readonly T[]): Steady<T> {
  const [isHeld, setHeld] = useState(false);
  const ids = rows.map(({ id }) => id);
  const [order, setOrder] = useState(ids);
  const known = useRef(new Map<string, T>());
  for (const row of rows) known.current.set(row.id, row);
  const isSame = ids.length === order.length && ids.every((id, at) => id === order[at]);
  if (!isHeld && !isSame) setOrder(ids);
  const shown = isHeld ? order : ids;
  const there = new Set(shown);
  return {
    rows: shown.flatMap((id) => known.current.get(id) ?? []),
    fresh: ids.filter((id) => !there.has(id)).length,
    show: () => setOrder(ids),
    hold: {
      onPointerEnter: ({ pointerType }) => setHeld(pointerType === 'mouse'),
      onPointerLeave: () => setHeld(false),
    },
  };
}

export function SteadyList({
  steady,
  children,
}: {
  readonly steady: Steady<{ readonly id: string }>;
  readonly children: ReactNode;
}) {
  const t = useTexts();
  return (
    <div {...steady.hold}>
      {steady.fresh > 0 && (
        <Button fullWidth variant="light" size="xs" radius={0} onClick={steady.show}>
          {t.common.fresh(steady.fresh)}
        </Button>
      )}
      {children}
    </div>
  );
}
