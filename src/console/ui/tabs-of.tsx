/** A page of several parts, each with an address of its own; those that one may not see are not there. */
import { Tabs } from '@mantine/core';
import { type ReactNode, Suspense, useEffect, useRef } from 'react';
import { useGo } from './use-go.ts';
import { Waiting } from './waiting.tsx';

export type Part = { readonly id: string; readonly title: string; readonly may?: boolean; readonly content: ReactNode };

export function TabsOf(props: {
  readonly tab: string | undefined;
  /** To the address of another one. */
  readonly change: (tab: string) => void;
  readonly parts: readonly Part[];
}) {
  const { tab, change, parts } = props;
  const shown = parts.filter(({ may = true }) => may);
  const first = shown[0]?.id ?? '';
  const chosen = shown.find(({ id }) => id === tab)?.id ?? first;
  const list = useRef<HTMLDivElement>(null);
  // on a phone it may be one of those that are pushed aside
  useEffect(() => {
    const at = list.current?.querySelector(`[aria-selected="true"]`);
    if (chosen !== first) at?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen, first]);
  return (
    <Tabs value={chosen} onChange={(next) => change(next ?? first)} keepMounted={false}>
      <Tabs.List mb="md" className="tabs" ref={list}>
        {shown.map(({ id, title }) => (
          <Tabs.Tab key={id} value={id}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Suspense fallback={<Waiting />}>
        {shown.map(({ id, content }) => (
          <Tabs.Panel key={id} value={id}>
            {content}
          </Tabs.Panel>
        ))}
      </Suspense>
    </Tabs>
  );
}

/** The first part stands at the place itself, the others below it. */
export function useTabBelow(at: string, first: string): (tab: string) => void {
  const go = useGo();
  return (tab) => go(tab === first ? at : `${at}/${tab}`, { replace: true });
}
