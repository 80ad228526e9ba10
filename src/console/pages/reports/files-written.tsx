/** What schedules have written: ready to be fetched, failed and why, or no longer kept. */
import { Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { billingTexts } from '../../texts/billing.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tell } from '../../ui/error-note.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { RowAction } from '../../ui/row-action.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { Status, type Tone } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';

type File = Schemas['ExportFile'];
const tones: Record<File['status'], Tone> = { waiting: 'busy', ready: 'ok', failed: 'bad', removed: 'off' };

export function Written(props: {
  /** Of one schedule alone. */
  readonly of: string | undefined;
  readonly names: ReadonlyMap<string, string>;
}) {
  const { of, names } = props;
  const w = useWords(billingTexts);
  const format = useFormat();
  const pages = usePages({
    queryKey: ['export-files', of ?? ''],
    everyMs: 30_000, // no event tells of them
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/exports/files', {
          params: { query: { limit: 20, cursor, ...(of !== undefined && { schedule_id: of }) } },
        }),
      ),
  });
  if (pages.rows === undefined)
    return pages.error === null ? <Waiting /> : <ErrorNote cause={pages.error} retry={() => void pages.refetch()} />;
  const nameIn = ({ schedule_id: id }: File): string => names.get(id) ?? w.gone;
  const columns: Column<File>[] = [
    {
      name: w.file,
      of: (file) => (
        <>
          <Text size="sm" fw={600}>
            {nameIn(file)}
          </Text>
          <Text size="xs" c="dimmed">
            {format.dateTime(file.from)} – {format.dateTime(file.to)}
          </Text>
        </>
      ),
    },
    {
      name: w.state,
      of: ({ status, error }) => (
        <>
          <Status tone={tones[status]} hollow={status === 'removed'}>
            {w.states[status]}
          </Status>
          {error !== null && (
            <Text size="xs" c="dimmed">
              {error}
            </Text>
          )}
        </>
      ),
    },
    {
      name: w.size,
      from: 'sm',
      isNumber: true,
      of: ({ size_bytes: size }) => (size === null ? '' : `${format.decimal(size / 1_024)} KiB`),
    },
    {
      name: w.get,
      isAction: true,
      of: (file) => file.status === 'ready' && <Get file={file} name={nameIn(file)} />,
    },
  ];
  return (
    <>
      <Card p={0} label={w.files}>
        {pages.rows.length === 0 ? (
          <Empty icon="download" title={w.filesEmpty} hint={w.filesEmptyHint} />
        ) : (
          <Rows rows={pages.rows} columns={columns} />
        )}
      </Card>
      <More pages={pages} />
    </>
  );
}

function Get({ file, name }: { readonly file: File; readonly name: string }) {
  const t = useTexts();
  const w = useWords(billingTexts);
  const format = useFormat();
  const { id, kind, from, format: ending } = file;
  const download = useMutation({
    mutationFn: () =>
      saveFile(`/api/v1/exports/files/${id}/content`, `${kind.replace('_', '-')}-${from.slice(0, 10)}.${ending}`),
    onError: tell(t),
  });
  return (
    <RowAction
      name={w.get}
      label={w.getOf(`${name}, ${format.dateTime(from)}`)}
      isBusy={download.isPending}
      act={() => download.mutate()}
    />
  );
}
