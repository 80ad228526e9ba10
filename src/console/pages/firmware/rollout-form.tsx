/** A draft of a rollout: which image, to whom, in which steps. Nothing happens before it is started. */
import { Button, Checkbox, Group, Modal, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { imagesQuery } from '../../api/firmware.ts';
import { sitesQuery } from '../../api/sites.ts';
import { firmware } from '../../texts/firmware.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useGo } from '../../ui/use-go.ts';

const strategies = ['canary', 'rolling', 'all_at_once'] as const;
const ALL = 'all';
const MOST_STAGES = 20;

/** undefined: it is no list of numbers. */
function sizesIn(text: string): number[] | undefined {
  const sizes = text.split(',').map((each) => Number(each.trim()));
  const isGood = sizes.length <= MOST_STAGES && sizes.every((each) => Number.isInteger(each) && each >= 1);
  return isGood ? sizes : undefined;
}

export function RolloutForm({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(firmware);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={w.addRollout}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {isOpen && <Form close={close} />}
    </Modal>
  );
}

function Form({ close }: { readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(firmware);
  const navigate = useGo();
  const { data: images, error } = useQuery(imagesQuery);
  const { data: sites } = useQuery(sitesQuery);
  const [name, setName] = useState('');
  const [imageId, setImageId] = useState<string | null>(null);
  const [strategy, setStrategy] = useState<(typeof strategies)[number]>('canary');
  const [sizes, setSizes] = useState('1, 10');
  const [batch, setBatch] = useState<number | string>(10);
  const [maxFailed, setMaxFailed] = useState<number | string>(10);
  const [site, setSite] = useState(ALL);
  const [version, setVersion] = useState('');
  const [isPatient, setPatient] = useState(true);
  const stages = sizesIn(sizes);
  const send = useMutation({
    mutationFn: (image_id: string) =>
      answer(
        api.POST('/api/v1/firmware-rollouts', {
          params: { header: onlyOnce() },
          body: {
            name: name.trim(),
            image_id,
            strategy,
            wait_until_idle: isPatient,
            max_failed_percent: Number(maxFailed),
            ...(strategy === 'canary' && stages !== undefined && { stage_sizes: stages }),
            ...(strategy === 'rolling' && { batch_size: Number(batch) }),
            filter: {
              ...(site !== ALL && { site_id: site }),
              ...(version.trim() !== '' && { firmware_version: version.trim() }),
            },
          },
        }),
      ),
    onSuccess: ({ id }) => navigate(`/rollouts/${id}`),
  });
  const faults = faultsByField(send.error);
  const isBad = strategy === 'canary' && stages === undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (imageId !== null && !isBad) send.mutate(imageId);
      }}
    >
      <Stack>
        <TextInput
          label={w.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={faults['name']}
          maxLength={100}
          autoComplete="off"
          required
          data-autofocus
        />
        <Select
          label={w.image}
          placeholder={w.chooseImage}
          data={(images?.data ?? [])
            .filter(({ ready }) => ready)
            .map(({ id, version: brings, vendor, model }) => ({
              value: id,
              label: [brings, [vendor, model].filter(Boolean).join(' ')].filter(Boolean).join(' · '),
            }))}
          value={imageId}
          onChange={setImageId}
          error={faults['image_id']}
          nothingFoundMessage={w.noImage}
          required
        />
        <ErrorNote cause={error} />
        <Text fw={600} size="sm">
          {w.whom}
        </Text>
        <Group grow align="flex-start">
          <Select
            label={w.site}
            data={[
              { value: ALL, label: w.anySite },
              ...(sites ?? []).map(({ id: value, name: label }) => ({ value, label })),
            ]}
            value={site}
            onChange={(value) => setSite(value ?? ALL)}
            allowDeselect={false}
          />
          <TextInput
            label={w.firmwareNow}
            value={version}
            onChange={(event) => setVersion(event.currentTarget.value)}
            maxLength={100}
            autoComplete="off"
          />
        </Group>
        <Select
          label={w.strategy}
          data={strategies.map((value) => ({ value, label: w.strategies[value] }))}
          value={strategy}
          onChange={(value) => setStrategy(strategies.find((each) => each === value) ?? strategy)}
          allowDeselect={false}
        />
        {strategy === 'canary' && (
          <TextInput
            label={w.stageSizes}
            description={w.stageSizesHint}
            value={sizes}
            onChange={(event) => setSizes(event.currentTarget.value)}
            error={isBad ? w.badSizes : faults['stage_sizes']}
            autoComplete="off"
          />
        )}
        {strategy === 'rolling' && (
          <NumberInput
            label={w.batchSize}
            value={batch}
            onChange={setBatch}
            min={1}
            max={1000}
            allowDecimal={false}
            required
          />
        )}
        <NumberInput
          label={w.maxFailed}
          value={maxFailed}
          onChange={setMaxFailed}
          min={0}
          max={100}
          suffix=" %"
          allowDecimal={false}
          required
        />
        <Checkbox
          label={w.whenIdle}
          checked={isPatient}
          onChange={(event) => setPatient(event.currentTarget.checked)}
        />
        <ErrorNote cause={send.error} except={['name', 'image_id', 'stage_sizes']} />
        <Group justify="flex-end">
          <Text size="xs" c="dimmed" style={{ flex: 1 }}>
            {w.draftHint}
          </Text>
          <Button variant="default" onClick={close}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={send.isPending} disabled={imageId === null}>
            {w.draft}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
