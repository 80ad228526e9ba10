/** How it went before, with the reports. */
import { Button, Text } from '@mantine/core';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { commissioning } from '../../texts/commissioning.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { tell } from '../../ui/error-note.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { Status, type Tone } from '../../ui/status.tsx';

type Run = Schemas['CommissioningRun'];
const tones: Record<Run['status'], Tone> = { running: 'busy', commissioned: 'ok', failed: 'bad', cancelled: 'off' };

export function EarlierRuns(props: { readonly chargePointId: string; readonly except: string | undefined }) {
  const { chargePointId, except } = props;
  const t = useTexts();
  const w = useWords(commissioning);
  const format = useFormat();
  const pages = usePages({
    // events of the charge point make it stale
    queryKey: ['charge-point', chargePointId, 'commissioning-runs'],
    everyMs: 15_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/commissioning-runs', {
          params: { query: { charge_point_id: chargePointId, limit: 10, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
  });
  const rows = (pages.rows ?? []).filter(({ id }) => id !== except);
  if (rows.length === 0) return null;
  const columns: Column<Run>[] = [
    { name: w.columns.begun, of: ({ created_at: at }) => format.dateTime(at) },
    { name: w.columns.result, of: ({ status }) => <Status tone={tones[status]}>{w.result[status]}</Status> },
    { name: w.columns.why, from: 'sm', of: ({ failure }) => <Text size="sm">{failure?.message}</Text> },
    {
      name: w.report,
      isAction: true,
      of: ({ id, created_at: at }) => (
        <Button
          size="xs"
          variant="default"
          aria-label={`${w.report}, ${format.dateTime(at)}`}
          onClick={() =>
            void saveFile(`/api/v1/commissioning-runs/${id}/report.pdf`, `commissioning-${id}.pdf`).catch(tell(t))
          }
        >
          {w.report}
        </Button>
      ),
    },
  ];
  return (
    <Section title={w.earlier}>
      <Card p={0} label={w.earlier}>
        <Rows rows={rows} columns={columns} />
      </Card>
      <More pages={pages} />
    </Section>
  );
}
