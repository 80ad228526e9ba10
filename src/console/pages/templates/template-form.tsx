/** A template of settings, written line by line. Who may not write reads it. */
import { ActionIcon, Button, Checkbox, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { useMay } from '../../api/use-session.ts';
import { templateTexts } from '../../texts/templates.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { tellDone } from '../../ui/error-note.tsx';
import { Form, orNull, useFields } from '../../ui/form.tsx';
import { Icon } from '../../ui/icons.tsx';

type Template = Schemas['ConfigurationTemplate'];
type Line = { readonly at: number; readonly key: string; readonly value: string };
const MOST = 100;

/** What a template wants stands at each charge point as well. */
export async function templatesChanged(queries: QueryClient): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['configuration-templates'] });
  for (const queryKey of [['drifted'], ['configuration']]) void queries.invalidateQueries({ queryKey }); // shown by the queries
}

export function TemplateForm({
  template,
  done,
}: {
  readonly template: Template | undefined;
  readonly done: () => void;
}) {
  const t = useTexts();
  const w = useWords(templateTexts);
  const queries = useQueryClient();
  const mayWrite = useMay('write:charge_points');
  const given = Object.entries(template?.values ?? { '': '' });
  const next = useRef(given.length);
  const [fields, set] = useFields({
    name: template?.name ?? '',
    vendor: template?.vendor ?? '',
    model: template?.model ?? '',
    firmware: template?.firmware ?? '',
    atBoot: template?.at_boot ?? false,
    lines: given.map(([key, value], at): Line => ({ at, key, value })),
  });
  const said = fields.lines.filter(({ key, value }) => key.trim() !== '' || value !== '');
  const isTwice = ({ at, key }: Line): boolean =>
    key.trim() !== '' && said.some((each) => each.at !== at && each.key.trim() === key.trim());
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: fields.name.trim(),
        vendor: orNull(fields.vendor),
        model: orNull(fields.model),
        firmware: orNull(fields.firmware),
        values: Object.fromEntries(said.map(({ key, value }) => [key.trim(), value])),
        at_boot: fields.atBoot,
      };
      return template === undefined
        ? answer(api.POST('/api/v1/configuration-templates', { params: { header: onlyOnce() }, body }))
        : answer(api.PATCH('/api/v1/configuration-templates/{id}', { params: { path: { id: template.id } }, body }));
    },
    onSuccess: async () => {
      await templatesChanged(queries);
      tellDone(w.saved, t);
      done();
    },
  });
  const faults = faultsByField(save.error);
  const faultOf = (line: Line): string | undefined => (isTwice(line) ? w.twice : faults[`values.${line.key.trim()}`]);
  const put = (at: number, changed: Partial<Line>): void =>
    set({ lines: fields.lines.map((each) => (each.at === at ? { ...each, ...changed } : each)) });
  const add = (): void => {
    set({ lines: [...fields.lines, { at: next.current, key: '', value: '' }] });
    next.current += 1;
  };
  const text = (field: 'name' | 'vendor' | 'model' | 'firmware') => ({
    label: w[field],
    value: fields[field],
    onChange: (event: { currentTarget: { value: string } }) => set({ [field]: event.currentTarget.value }),
    error: faults[field],
  });
  return (
    <Form
      save={save}
      yes={template === undefined ? w.create : w.save}
      isReady={mayWrite && !said.some(isTwice)}
      fields={['name', 'vendor', 'model', 'firmware', ...said.map(({ key }) => `values.${key.trim()}`)]}
      label={w.title}
    >
      <fieldset disabled={!mayWrite} className="bare">
        <Stack>
          <TextInput {...text('name')} required data-autofocus />
          <div>
            <SimpleGrid cols={{ base: 1, xs: 3 }}>
              <TextInput {...text('vendor')} placeholder="*" maxLength={50} />
              <TextInput {...text('model')} placeholder="*" maxLength={50} />
              <TextInput {...text('firmware')} placeholder="*" maxLength={50} />
            </SimpleGrid>
            <Text size="xs" c="dimmed" mt={4}>
              {w.kindHint}
            </Text>
          </div>
          <Stack gap="xs" role="group" aria-label={w.values}>
            <div>
              <Text size="sm" fw={600}>
                {w.values}
              </Text>
              <Text size="xs" c="dimmed">
                {w.valuesHint}
              </Text>
            </div>
            {fields.lines.map((line, i) => (
              <Group key={line.at} gap="xs" wrap="nowrap" align="flex-start">
                <TextInput
                  style={{ flex: 3 }}
                  aria-label={`${w.key}, ${w.line(i + 1)}`}
                  placeholder={w.key}
                  value={line.key}
                  onChange={(event) => put(line.at, { key: event.currentTarget.value })}
                  error={faultOf(line)}
                  spellCheck={false}
                />
                <TextInput
                  style={{ flex: 2 }}
                  aria-label={`${w.value}, ${w.line(i + 1)}`}
                  placeholder={w.value}
                  value={line.value}
                  onChange={(event) => put(line.at, { value: event.currentTarget.value })}
                  spellCheck={false}
                />
                {mayWrite && (
                  <ActionIcon
                    variant="default"
                    size={36}
                    aria-label={w.removeValue(line.key.trim() || w.line(i + 1))}
                    onClick={() => set({ lines: fields.lines.filter(({ at }) => at !== line.at) })}
                  >
                    <Icon name="remove" size={16} />
                  </ActionIcon>
                )}
              </Group>
            ))}
            {faults['values'] !== undefined && (
              <Text size="xs" c="var(--mantine-color-error)" role="alert">
                {faults['values']}
              </Text>
            )}
            {mayWrite && fields.lines.length < MOST && (
              <Group>
                <Button size="xs" variant="default" leftSection={<Icon name="add" size={14} />} onClick={add}>
                  {w.addValue}
                </Button>
              </Group>
            )}
          </Stack>
          <Checkbox
            label={w.boot}
            description={w.bootHint}
            checked={fields.atBoot}
            onChange={(event) => set({ atBoot: event.currentTarget.checked })}
          />
        </Stack>
      </fieldset>
    </Form>
  );
}
