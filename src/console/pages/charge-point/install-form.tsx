/** A root certificate for a charge point, and what it is to be trusted for. */
import { Button, Group, Modal, Select, Stack, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { certificates } from '../../texts/certificates.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';

/** OCPP 1.6 knows the first two. */
export const rootTypes = ['central_system_root', 'manufacturer_root', 'v2g_root', 'mo_root', 'oem_root'] as const;

export function InstallForm(props: {
  readonly chargePointId: string;
  readonly isOld: boolean;
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly done: (commandId: string) => void;
}) {
  const { chargePointId, isOld, isOpen, close, done } = props;
  const t = useTexts();
  const w = useWords(certificates);
  const [type, setType] = useState<(typeof rootTypes)[number]>('central_system_root');
  const [certificate, setCertificate] = useState('');
  const send = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/v1/charge-points/{id}/certificates', {
          params: { path: { id: chargePointId }, header: onlyOnce() },
          body: { type, certificate },
        }),
      ),
    onSuccess: ({ id }) => {
      setCertificate('');
      done(id);
    },
  });
  const offered = isOld ? rootTypes.slice(0, 2) : rootTypes;
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={w.installTitle}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <Stack>
          <Select
            label={w.type}
            data={offered.map((value) => ({ value, label: w.types[value] }))}
            value={type}
            onChange={(value) => setType(offered.find((each) => each === value) ?? type)}
            allowDeselect={false}
          />
          <Textarea
            label={w.pem}
            description={w.pemHint}
            placeholder="-----BEGIN CERTIFICATE-----"
            value={certificate}
            onChange={(event) => setCertificate(event.currentTarget.value)}
            error={faultsByField(send.error)['certificate']}
            rows={10}
            maxLength={10_000}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            required
            data-autofocus
          />
          <ErrorNote cause={send.error} except={['certificate']} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t.common.cancel}
            </Button>
            <Button type="submit" loading={send.isPending}>
              {w.install}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
