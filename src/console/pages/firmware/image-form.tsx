/** A new image: the version it brings, for whom, and its file, which is sent with how far it is. */
import {
  Alert,
  Button,
  Checkbox,
  FileInput,
  Group,
  Modal,
  Progress,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { uploadFile } from '../../api/upload.ts';
import { firmware } from '../../texts/firmware.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';

type Needs = { readonly isOpen: boolean; readonly close: () => void; readonly made: () => void };

export function ImageForm({ isOpen, close, made }: Needs) {
  const t = useTexts();
  const w = useWords(firmware);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={w.addImage}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {isOpen && <Form close={close} made={made} />}
    </Modal>
  );
}

const nothing = {
  version: '',
  vendor: '',
  model: '',
  description: '',
  url: '',
  signature: '',
  signing_certificate: '',
};
type Field = keyof typeof nothing;
/** What the API says of a name is for links; other characters are left out of it. */
const nameOf = (file: File): string =>
  file.name
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '')
    .slice(0, 100);

function Form({ close, made }: Omit<Needs, 'isOpen'>) {
  const t = useTexts();
  const w = useWords(firmware);
  const format = useFormat();
  const [fields, setFields] = useState(nothing);
  const [source, setSource] = useState<'upload' | 'url'>('upload');
  const [file, setFile] = useState<File | null>(null);
  const [isSigned, setSigned] = useState(false);
  const [share, setShare] = useState<number>();
  const [fault, setFault] = useState<unknown>();
  const [isMade, setMade] = useState(false);
  const faults = faultsByField(fault);
  const field = (name: Field) => ({
    value: fields[name],
    error: faults[name],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setFields((before) => ({ ...before, [name]: value })),
  });
  const given = (name: Field) => (fields[name].trim() === '' ? {} : { [name]: fields[name].trim() });

  async function send(): Promise<void> {
    setFault(undefined);
    setShare(0);
    try {
      const image = await answer(
        api.POST('/api/v1/firmware-images', {
          params: { header: onlyOnce() },
          body: {
            version: fields.version.trim(),
            ...given('vendor'),
            ...given('model'),
            ...given('description'),
            ...(source === 'url' && given('url')),
            ...(source === 'upload' && file !== null && { file_name: nameOf(file) }),
            ...(isSigned && { ...given('signature'), ...given('signing_certificate') }),
          },
        }),
      );
      if (source === 'upload' && file !== null) {
        setMade(true); // what is left is its file, which the list takes too
        await uploadFile(`/api/v1/firmware-images/${image.id}/content`, file, setShare);
      }
      made();
      close();
    } catch (cause) {
      setFault(cause);
      setShare(undefined);
      made();
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send(); // tells by itself what goes wrong
      }}
    >
      <Stack>
        <TextInput
          label={w.version}
          description={w.versionHint}
          maxLength={50}
          autoComplete="off"
          required
          data-autofocus
          {...field('version')}
        />
        <Group grow align="flex-start">
          <TextInput label={w.vendor} maxLength={50} autoComplete="off" {...field('vendor')} />
          <TextInput label={w.model} maxLength={50} autoComplete="off" {...field('model')} />
        </Group>
        <Text size="xs" c="dimmed">
          {w.modelHint}
        </Text>
        <TextInput label={w.description} maxLength={500} autoComplete="off" {...field('description')} />
        <SegmentedControl
          aria-label={w.source}
          value={source}
          onChange={(value) => setSource(value === 'url' ? 'url' : 'upload')}
          data={[
            { value: 'upload', label: w.sources.upload },
            { value: 'url', label: w.sources.url },
          ]}
        />
        {source === 'upload' ? (
          <FileInput
            label={w.file}
            description={w.fileHint}
            value={file}
            onChange={setFile}
            leftSection={<Icon name="upload" size={16} />}
            clearable
            clearButtonProps={{ 'aria-label': w.remove }}
            required
          />
        ) : (
          <TextInput label={w.url} placeholder="https://…" maxLength={512} required {...field('url')} />
        )}
        <Checkbox label={w.signing} checked={isSigned} onChange={(event) => setSigned(event.currentTarget.checked)} />
        {isSigned && (
          <>
            <Textarea label={w.signature} rows={3} classNames={{ input: 'mono' }} required {...field('signature')} />
            <Textarea
              label={w.certificate}
              rows={5}
              classNames={{ input: 'mono' }}
              required
              {...field('signing_certificate')}
            />
          </>
        )}
        {share !== undefined && share > 0 && (
          <div role="status">
            <Text size="sm">{w.uploading(format.percent(share * 100))}</Text>
            <Progress value={share * 100} aria-label={w.uploading(format.percent(share * 100))} />
          </div>
        )}
        {fault !== undefined && isMade && (
          <Alert variant="default" c="var(--warn)" icon={<Icon name="warning" />} title={w.uploadLater}>
            {null}
          </Alert>
        )}
        <ErrorNote cause={fault} except={Object.keys(nothing)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={share !== undefined} disabled={isMade}>
            {w.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
