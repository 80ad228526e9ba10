/** Charge detail records of a time; sessions that lack something for theirs, with what to complete; all of them as a file. */
import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { everyPage } from '../../api/every-page.ts';
import { billingTexts } from '../../texts/billing.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tell, tellDone } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { saveText } from '../../ui/save-file.ts';
import { Waiting } from '../../ui/waiting.tsx';
import { rangeOf } from './range.ts';

type Cdr = Schemas['Cdr'];
type Row = { readonly id: string; readonly session: string | undefined } & (
  | { readonly cdr: Cdr }
  | { readonly missing: readonly string[] }
);
const PAGE = 100;
/** So many are put into one file here; programs take them page by page. */
const MOST = 10_000;

const recordsOf = (query: { from: string; to: string; cursor?: string | undefined }) =>
  answer(api.GET('/api/v1/cdrs', { params: { query: { ...query, limit: PAGE } } }));

export default function Cdrs({ days }: { readonly days: number }) {
  const w = useWords(billingTexts);
  const range = rangeOf(days);
  const pages = usePages<Row>({
    queryKey: ['cdrs', days],
    async ask(cursor) {
      const { data, incomplete, next_cursor } = await recordsOf({ ...range, cursor });
      return {
        data: [
          ...incomplete.map(({ session_id: session, missing }) => ({ id: session, session, missing })),
          ...data.map((cdr) => ({ id: cdr.id, session: cdr.session_id, cdr })),
        ],
        next_cursor,
      };
    },
  });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  const lacking = pages.rows.flatMap((row) => ('missing' in row ? [row] : []));
  const records = pages.rows.flatMap((row) => ('cdr' in row ? [row] : []));
  return (
    <Stack gap="lg">
      {lacking.length > 0 && <Lacking rows={lacking} isPart={pages.hasNextPage} />}
      <Section
        title={w.tabs.cdrs}
        hint={w.cdrsHint}
        actions={records.length > 0 && <Download range={range} days={days} />}
      >
        {(records.length > 0 || !pages.hasNextPage) && (
          <Card p={0} label={w.tabs.cdrs}>
            {records.length === 0 ? (
              <Empty icon="receipt" title={w.cdrsEmpty} hint={w.cdrsEmptyHint} />
            ) : (
              <Records rows={records} />
            )}
          </Card>
        )}
        <More pages={pages} />
      </Section>
    </Stack>
  );
}

function Records({ rows }: { readonly rows: readonly (Row & { readonly cdr: Cdr })[] }) {
  const w = useWords(billingTexts);
  const format = useFormat();
  const columns: Column<(typeof rows)[number]>[] = [
    {
      name: w.columns.ended,
      of: ({ cdr, session }) => (
        <>
          {session === undefined ? (
            format.dateTime(cdr.end_date_time)
          ) : (
            <Link className="row-link" to={`/sessions/${session}`}>
              {format.dateTime(cdr.end_date_time)}
            </Link>
          )}
          <Text size="xs" c="dimmed">
            {cdr.cdr_location.name ?? cdr.cdr_location.evse_id}
          </Text>
        </>
      ),
    },
    {
      name: w.columns.token,
      from: 'md',
      of: ({ cdr }) => <span className="mono">{cdr.cdr_token.contract_id || cdr.cdr_token.uid}</span>,
    },
    {
      name: w.columns.energy,
      isNumber: true,
      from: 'sm',
      of: ({ cdr }) => format.energy(cdr.total_energy * 1_000),
    },
    {
      name: w.columns.cost,
      isNumber: true,
      of: ({ cdr: { credit, total_cost: cost, currency } }) => (
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          {credit === true && <Badge>{w.credit}</Badge>}
          {format.moneyOfNumber(cost.incl_vat ?? cost.excl_vat, currency)}
        </Group>
      ),
    },
  ];
  return <Rows isOwn rows={rows} columns={columns} />;
}

/** Where each thing that is missing is written. */
const placeOf = (field: string): 'organization' | 'site' | 'charge_point' =>
  field.startsWith('organization.') ? 'organization' : field.startsWith('site.') ? 'site' : 'charge_point';
const addresses = { organization: '/organization', site: '/sites', charge_point: '/charge-points' } as const;

/** By thing, as what one session lacks most others lack as well; one of them leads to its charge point. */
function Lacking(props: {
  readonly rows: readonly (Row & { readonly missing: readonly string[] })[];
  /** There are pages that have not been asked for. */
  readonly isPart: boolean;
}) {
  const { rows, isPart } = props;
  const w = useWords(billingTexts);
  const things = new Map<string, { id: string; count: number; session: string | undefined }>();
  for (const { missing, session } of rows)
    for (const id of missing) things.set(id, { id, session, count: (things.get(id)?.count ?? 0) + 1 });
  return (
    <Section title={w.lacks} hint={isPart ? `${w.lacking(rows.length)} ${w.soFar}` : w.lacking(rows.length)}>
      <Card p={0} label={w.lacks}>
        <Rows
          isOwn
          rows={[...things.values()]}
          columns={[
            { name: w.thing, of: ({ id }) => w.missing[id] ?? id },
            {
              name: w.columns.session,
              from: 'xs',
              isNumber: true,
              of: ({ count, session }) => (
                <Anchor component={Link} to={`/sessions/${session}`} size="sm" c="inherit" underline="always">
                  {w.sessions(count)}
                </Anchor>
              ),
            },
            {
              name: w.complete,
              isAction: true,
              of: ({ id }) => (
                <Button
                  component={Link}
                  to={addresses[placeOf(id)]}
                  size="xs"
                  variant="default"
                  aria-label={`${w.complete}: ${w.missing[id] ?? id}`}
                >
                  {w.complete}
                </Button>
              ),
            },
          ]}
        />
      </Card>
    </Section>
  );
}

function Download({ range, days }: { readonly range: { from: string; to: string }; readonly days: number }) {
  const t = useTexts();
  const w = useWords(billingTexts);
  const format = useFormat();
  const [count, setCount] = useState(0);
  const download = useMutation({
    async mutationFn() {
      let read = 0;
      const { all, isCut } = await everyPage(async (cursor) => {
        const page = await recordsOf({ ...range, cursor });
        read += page.data.length;
        setCount(read);
        return page;
      }, MOST);
      saveText(JSON.stringify(all, undefined, 2), `cdrs-${days}-days.json`);
      if (isCut) tellDone(w.cut(format.count(all.length)), t);
    },
    onError: tell(t),
  });
  return (
    <Button
      variant="default"
      leftSection={<Icon name="download" size={16} />}
      disabled={download.isPending}
      onClick={() => download.mutate()}
    >
      {download.isPending ? w.downloading(count) : w.download}
    </Button>
  );
}
