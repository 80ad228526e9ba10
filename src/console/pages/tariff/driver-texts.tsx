/** What drivers read of a tariff at the charger, by language, in the words of its author. */
import { ActionIcon, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { useMay } from '../../api/use-session.ts';
import { tariffTexts } from '../../texts/tariffs.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { tellDone } from '../../ui/error-note.tsx';
import { Form } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Card, Section } from '../../ui/page.tsx';

type Tariff = Schemas['Tariff'];
type Line = { readonly key: number; readonly language: string; readonly text: string; readonly offline: string };
/** What a charger takes of both together. */
const LONGEST = 160;
const MOST = 10;

const linesOf = (texts: Tariff['texts']): Line[] =>
  texts.map(({ language, text, offline_text: offline = '' }, key) => ({ key, language, text, offline }));
const textsOf = (lines: readonly Line[]): Tariff['texts'] =>
  lines.map(({ language, text, offline }) => ({
    language: language.trim(),
    text: text.trim(),
    ...(offline.trim() !== '' && { offline_text: offline.trim() }),
  }));

export function DriverTexts({ tariff }: { readonly tariff: Tariff }) {
  const t = useTexts();
  const w = useWords(tariffTexts);
  const queries = useQueryClient();
  const mayWrite = useMay('write:billing');
  const [lines, setLines] = useState(() => linesOf(tariff.texts));
  const next = useRef(lines.length);
  const texts = textsOf(lines);
  const save = useMutation({
    mutationFn: () =>
      answer(api.PATCH('/api/v1/tariffs/{id}', { params: { path: { id: tariff.id } }, body: { texts } })),
    onSuccess: async (saved) => {
      queries.setQueryData(['tariff', saved.id], saved);
      setLines(linesOf(saved.texts));
      next.current = saved.texts.length;
      await queries.invalidateQueries({ queryKey: ['tariffs'] });
      tellDone(w.renamed, t);
    },
  });
  const faults = faultsByField(save.error);
  const put = (key: number, changed: Partial<Line>): void =>
    setLines(lines.map((each) => (each.key === key ? { ...each, ...changed } : each)));
  const add = (): void => {
    setLines([...lines, { key: next.current, language: '', text: '', offline: '' }]);
    next.current += 1;
  };
  const isChanged = JSON.stringify(texts) !== JSON.stringify(tariff.texts);
  const ofLines = lines.flatMap((_, at) => ['language', 'text', 'offline_text'].map((name) => `texts[${at}].${name}`));
  const faultOf = (at: number, name: string): string | undefined => faults[`texts[${at}].${name}`];
  return (
    <Section
      title={w.driverTexts}
      hint={w.driverTextsHint}
      actions={
        mayWrite &&
        lines.length < MOST && (
          <Button variant="default" leftSection={<Icon name="add" size={16} />} onClick={add}>
            {w.driverAdd}
          </Button>
        )
      }
    >
      <Card label={w.driverTexts}>
        {lines.length === 0 && !isChanged ? (
          <Text size="sm" c="dimmed">
            {w.driverTextsNone}
          </Text>
        ) : (
          <Form save={save} yes={w.driverSave} isReady={mayWrite && isChanged} fields={ofLines} label={w.driverTexts}>
            <fieldset disabled={!mayWrite} className="bare">
              <Stack>
                {lines.length === 0 && (
                  <Text size="sm" c="dimmed">
                    {w.driverTextsNone}
                  </Text>
                )}
                {lines.map((line, at) => (
                  <Group key={line.key} gap="xs" align="flex-start" wrap="nowrap">
                    <SimpleGrid cols={{ base: 1, sm: 3 }} style={{ flex: 1 }}>
                      <TextInput
                        label={w.driverLanguage}
                        placeholder="de"
                        value={line.language}
                        onChange={(event) => put(line.key, { language: event.currentTarget.value })}
                        error={faultOf(at, 'language')}
                        maxLength={12}
                        required
                      />
                      <TextInput
                        label={w.driverText}
                        description={w.left(LONGEST - line.text.length)}
                        inputWrapperOrder={['label', 'input', 'description', 'error']}
                        value={line.text}
                        onChange={(event) => put(line.key, { text: event.currentTarget.value })}
                        error={faultOf(at, 'text')}
                        maxLength={LONGEST}
                        required
                      />
                      <TextInput
                        label={w.driverOffline}
                        description={w.driverOfflineHint}
                        inputWrapperOrder={['label', 'input', 'description', 'error']}
                        value={line.offline}
                        onChange={(event) => put(line.key, { offline: event.currentTarget.value })}
                        error={faultOf(at, 'offline_text')}
                        maxLength={LONGEST}
                      />
                    </SimpleGrid>
                    {mayWrite && (
                      <ActionIcon
                        mt={24}
                        variant="default"
                        size={36}
                        aria-label={w.driverRemove(line.language.trim() || w.driverNew)}
                        onClick={() => setLines(lines.filter(({ key }) => key !== line.key))}
                      >
                        <Icon name="remove" size={16} />
                      </ActionIcon>
                    )}
                  </Group>
                ))}
              </Stack>
            </fieldset>
          </Form>
        )}
      </Card>
    </Section>
  );
}
