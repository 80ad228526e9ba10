/** Charge points that change hands: what one is given, and what one gives away. */
import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { answer, api } from '../api/client.ts';
import { useMay } from '../api/use-session.ts';
import { handoverTexts } from '../texts/handovers.ts';
import { useFormat } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { Dialog } from '../ui/form.tsx';
import { Icon } from '../ui/icons.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { More, usePages } from '../ui/pages-of.tsx';
import { Rows } from '../ui/rows.tsx';
import { Status } from '../ui/status.tsx';
import { TabsOf } from '../ui/tabs-of.tsx';
import { useParam } from '../ui/use-param.ts';
import { Waiting } from '../ui/waiting.tsx';
import { HandoverShown, tones } from './handovers/shown.tsx';
import { Start } from './handovers/start.tsx';
import { Take } from './handovers/take.tsx';

type Handover = Schemas['Handover'];
type Side = Handover['direction'];

export default function Handovers() {
  const w = useWords(handoverTexts);
  const [search, setSearch] = useSearchParams();
  const mayWrite = useMay('write:charge_points');
  const [doing, setDoing] = useState<'start' | 'take'>();
  const side = search.get('show') === 'outgoing' ? 'outgoing' : 'incoming';
  const close = (): void => setDoing(undefined);
  const start = mayWrite && (
    <Button variant="default" onClick={() => setDoing('start')}>
      {w.start}
    </Button>
  );
  const take = mayWrite && (
    <Button leftSection={<Icon name="handover" size={16} />} onClick={() => setDoing('take')}>
      {w.take}
    </Button>
  );
  return (
    <Page
      title={w.title}
      actions={
        <>
          {start}
          {take}
        </>
      }
    >
      <TabsOf
        tab={side}
        change={(tab) => setSearch(tab === 'incoming' ? {} : { show: tab }, { replace: true })}
        parts={(['incoming', 'outgoing'] as const).map((each) => ({
          id: each,
          title: w.tabs[each],
          content: <List side={each} />,
        }))}
      />
      <Dialog title={doing === undefined ? undefined : w[doing]} close={close}>
        {doing === 'start' ? <Start close={close} /> : <Take close={close} />}
      </Dialog>
    </Page>
  );
}

function List({ side }: { readonly side: Side }) {
  const w = useWords(handoverTexts);
  const format = useFormat();
  const [open, setOpen] = useParam('handover');
  const pages = usePages({
    queryKey: ['handovers', side],
    everyMs: 15_000,
    ask: (cursor) =>
      answer(api.GET('/api/v1/handovers', { params: { query: { direction: side, limit: 50, cursor } } })),
  });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  const { columns } = w;
  return (
    <Stack>
      <Card p={0} label={w.tabs[side]}>
        {pages.rows.length === 0 ? (
          <Empty
            icon="handover"
            title={side === 'incoming' ? w.incomingEmpty : w.outgoingEmpty}
            hint={side === 'incoming' ? w.incomingEmptyHint : w.outgoingEmptyHint}
          />
        ) : (
          <Rows
            rows={pages.rows}
            columns={[
              {
                name: columns.point,
                of: ({ id, charge_point_identity, vendor, model }) => (
                  <>
                    <button type="button" className="row-link plain" onClick={() => setOpen(id)}>
                      {charge_point_identity}
                    </button>
                    <Text size="xs" c="dimmed">
                      {[vendor, model].filter(Boolean).join(' ')}
                    </Text>
                  </>
                ),
              },
              { name: columns.state, of: ({ status }) => <Status tone={tones[status]}>{w.status[status]}</Status> },
              {
                name: columns.until,
                from: 'sm',
                isNumber: true,
                of: ({ ended_at, expires_at }) => format.dateTime(ended_at ?? expires_at),
              },
              { name: columns.began, from: 'md', isNumber: true, of: ({ created_at }) => format.dateTime(created_at) },
            ]}
          />
        )}
      </Card>
      <More pages={pages} />
      <Dialog title={open === '' ? undefined : w.title} close={() => setOpen('')}>
        {open !== '' && <HandoverShown key={open} id={open} />}
      </Dialog>
    </Stack>
  );
}
