/** What a session would cost by the terms as they stand there, saved or not: the server prices it, while one writes. */
import { NumberInput, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { tariffTexts } from '../../texts/tariffs.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { localInstant, useFields } from '../../ui/form.tsx';
import { Card } from '../../ui/page.tsx';
import { PriceLines } from '../../ui/price-lines.tsx';
import { type Draft, termsOf } from './draft.ts';

type Imagined = {
  readonly start: string;
  readonly kwh: number | string;
  readonly minutes: number | string;
  readonly idle: number | string;
};

function tonight(): string {
  const at = new Date();
  at.setHours(18, 0, 0, 0);
  return localInstant(at.toISOString());
}

/** Charges evenly, then stays; undefined: nothing that can be priced. */
function timelineOf({ start, kwh, minutes, idle }: Imagined) {
  const startedAt = new Date(start).getTime();
  const chargingMs = Number(minutes) * 60_000;
  if (Number.isNaN(startedAt) || !(chargingMs > 0)) return undefined;
  const at = (ms: number): string => new Date(startedAt + ms).toISOString();
  const energy_wh = Math.round(Number(kwh) * 1_000);
  const idleMs = Math.max(0, Number(idle) * 60_000);
  return {
    started_at: at(0),
    samples: [
      { at: at(0), energy_wh: 0 },
      { at: at(chargingMs), energy_wh, ...(idleMs > 0 && { phase: 'idle' as const }) },
      ...(idleMs > 0 ? [{ at: at(chargingMs + idleMs), energy_wh }] : []),
    ],
  };
}

export function Preview({ draft }: { readonly draft: Draft }) {
  const w = useWords(tariffTexts);
  const format = useFormat();
  const [imagined, set] = useFields<Imagined>({ start: tonight(), kwh: 30, minutes: 120, idle: 30 });
  const [terms] = useDebouncedValue(termsOf(draft), 400);
  const [timeline] = useDebouncedValue(timelineOf(imagined), 400);
  const isPriced = terms.components.every(({ price }) => price !== '');
  const { data, error } = useQuery({
    queryKey: ['tariff-preview', terms, timeline],
    enabled: timeline !== undefined && isPriced,
    placeholderData: keepPreviousData,
    retry: false,
    meta: { still: true },
    queryFn: () =>
      answer(
        api.POST('/api/v1/tariffs/preview', {
          body: { terms, timeline: timeline ?? { started_at: '' } },
        }),
      ),
  });
  const number = (name: 'kwh' | 'minutes' | 'idle') => ({
    value: imagined[name],
    onChange: (value: number | string) => set({ [name]: value }),
    min: 0,
  });
  return (
    <Card label={w.preview} p="md">
      <Stack>
        <Title order={2}>{w.preview}</Title>
        <SimpleGrid cols={2} spacing="sm" className="fields">
          <TextInput
            type="datetime-local"
            label={w.previewStart}
            value={imagined.start}
            onChange={(event) => set({ start: event.currentTarget.value })}
          />
          <NumberInput label={w.previewEnergy} {...number('kwh')} max={1_000} />
          <NumberInput label={w.previewDuration} {...number('minutes')} max={20_000} />
          <NumberInput label={w.previewIdle} {...number('idle')} max={20_000} />
        </SimpleGrid>
        <div aria-live="polite">
          {error !== null && <ErrorNote cause={error} />}
          {error === null && data !== undefined && isPriced && (
            <>
              <Text fz={28} fw={650} className="numbers" data-preview>
                {format.money(data.total.incl_tax, data.currency)}
              </Text>
              {data.lines.length === 0 ? <Text size="sm">{w.previewFree}</Text> : <PriceLines cost={data} isNarrow />}
            </>
          )}
        </div>
      </Stack>
    </Card>
  );
}
