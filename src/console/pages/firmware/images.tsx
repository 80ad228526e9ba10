/** Images of firmware: for which chargers, whether the file is there, whether it is signed. */
import { Badge, Button, FileButton, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, done } from '../../api/client.ts';
import { uploadFile } from '../../api/upload.ts';
import { useMay } from '../../api/use-session.ts';
import type { Format } from '../../format.ts';
import { firmware } from '../../texts/firmware.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { ErrorNote, tell } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Empty, Section } from '../../ui/page.tsx';
import { More, usePages } from '../../ui/pages-of.tsx';
import { type Column, Rows } from '../../ui/rows.tsx';
import { Status } from '../../ui/status.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { ImageForm } from './image-form.tsx';

type Image = Schemas['FirmwareImage'];
const KIB = 1_024;
const MIB = KIB * KIB;
const sizeOf = (bytes: number, format: Format): string =>
  bytes < MIB ? `${format.count(Math.ceil(bytes / KIB))} KiB` : `${format.decimal(bytes / MIB)} MiB`;

export function Images() {
  const t = useTexts();
  const w = useWords(firmware);
  const format = useFormat();
  const queries = useQueryClient();
  const mayWrite = useMay('write:charge_points');
  const [isAdding, { open, close }] = useDisclosure(false);
  const [question, setQuestion] = useState<Question>();
  const pages = usePages({
    queryKey: ['firmware-images'],
    everyMs: 15_000,
    ask: (cursor) =>
      answer(
        api.GET('/api/v1/firmware-images', {
          params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
  });
  const again = (): void => void queries.invalidateQueries({ queryKey: ['firmware-images'] }); // shown by the queries
  const send = (image: Image, file: File | null): void => {
    if (file === null) return;
    uploadFile(`/api/v1/firmware-images/${image.id}/content`, file, () => undefined).then(again, tell(t));
  };
  const askRemove = (image: Image): void =>
    setQuestion({
      title: w.removeTitle(image.version),
      text: w.removeText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/firmware-images/{id}', { params: { path: { id: image.id } } }));
        again();
      },
    });
  const columns: Column<Image>[] = [
    {
      name: w.imageColumns.version,
      of: ({ version, description }) => (
        <>
          <Text size="sm" fw={600}>
            {version}
          </Text>
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        </>
      ),
    },
    {
      name: w.imageColumns.for,
      of: ({ vendor, model }) => [vendor, model].filter(Boolean).join(' ') || w.everyModel,
    },
    {
      name: w.imageColumns.file,
      from: 'sm',
      of: ({ url, file_name: name, size_bytes: size }) => (
        <span className="mono">
          {url ?? name ?? ''} {size !== null && sizeOf(size, format)}
        </span>
      ),
    },
    {
      name: w.imageColumns.state,
      of: ({ ready, signed, signature_verified: verified }) => (
        <Group gap="xs">
          <Status tone={ready ? 'ok' : 'warn'}>{ready ? w.ready : w.noFile}</Status>
          {signed && <Badge>{verified === true ? w.verified : w.signed}</Badge>}
        </Group>
      ),
    },
    { name: w.imageColumns.made, from: 'md', isNumber: true, of: ({ created_at: at }) => format.dateTime(at) },
    {
      name: w.remove,
      isAction: true,
      of: (image) =>
        mayWrite && (
          <Group gap="xs" justify="flex-end">
            {!image.ready && (
              <FileButton onChange={(file) => send(image, file)}>
                {(props) => (
                  <Button {...props} size="xs" variant="default">
                    {w.sendFile}
                  </Button>
                )}
              </FileButton>
            )}
            <Button
              size="xs"
              variant="default"
              onClick={() => askRemove(image)}
              aria-label={w.removeTitle(image.version)}
            >
              {w.remove}
            </Button>
          </Group>
        ),
    },
  ];
  return (
    <Section
      title={w.images}
      actions={
        mayWrite && (
          <Button onClick={open} leftSection={<Icon name="add" size={16} />}>
            {w.addImage}
          </Button>
        )
      }
    >
      <ErrorNote cause={pages.error} />
      {pages.rows === undefined && pages.error === null && <Waiting />}
      {pages.rows !== undefined && (
        <Card p={0} label={w.images}>
          {pages.rows.length === 0 ? (
            <Empty icon="upload" title={w.imagesEmpty} hint={w.imagesEmptyHint} />
          ) : (
            <Rows rows={pages.rows} columns={columns} />
          )}
        </Card>
      )}
      <More pages={pages} />
      <ImageForm isOpen={isAdding} close={close} made={again} />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </Section>
  );
}
