/** The terms of a tariff, to be written: currency and tax, bounds of the total, and the lines of what is charged. */
import { Button, Checkbox, Group, Menu, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { faultsByField } from '../../api/errors.ts';
import { tariffTexts } from '../../texts/tariffs.ts';
import { useWords } from '../../texts/words.ts';
import { Icon } from '../../ui/icons.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { ComponentEditor } from './component-editor.tsx';
import { type ComponentDraft, type Draft, isRestricted, kinds, newComponent } from './draft.ts';

/** Faults of the terms by field, wherever the terms stood in what was sent. */
export function faultsOfTerms(cause: unknown): Readonly<Record<string, string>> {
  const all = Object.entries(faultsByField(cause));
  return Object.fromEntries(all.map(([field, message]) => [field.replace(/^terms\./, ''), message]));
}

/** Before the first of its kind that holds always: behind that one it would never count. */
export function withComponent(components: readonly ComponentDraft[], added: ComponentDraft): ComponentDraft[] {
  const at = components.findIndex((each) => each.type === added.type && !isRestricted(each));
  return at < 0 ? [...components, added] : [...components.slice(0, at), added, ...components.slice(at)];
}

export function TermsEditor(props: {
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
  readonly cause: unknown;
}) {
  const { draft, change, cause } = props;
  const w = useWords(tariffTexts);
  const faults = faultsOfTerms(cause);
  const { components } = draft;
  const set = (changed: Partial<Draft>): void => change({ ...draft, ...changed });
  const put = (at: number, changed: ComponentDraft): void =>
    set({ components: components.map((each, i) => (i === at ? changed : each)) });
  const move = (at: number, by: number): void => {
    const moved = [...components];
    const [one] = moved.splice(at, 1);
    if (one !== undefined) moved.splice(at + by, 0, one);
    set({ components: moved });
  };
  return (
    <>
      <Card>
        <Stack>
          <SimpleGrid cols={{ base: 2, sm: 4 }} className="fields">
            <TextInput
              label={w.currency}
              value={draft.currency}
              maxLength={3}
              onChange={(event) => set({ currency: event.currentTarget.value })}
              error={faults['currency']}
              required
            />
            <TextInput
              label={w.tax}
              inputMode="decimal"
              placeholder="0"
              value={draft.tax}
              onChange={(event) => set({ tax: event.currentTarget.value })}
              error={faults['tax_percent']}
            />
            <TextInput
              label={w.least}
              inputMode="decimal"
              value={draft.least}
              onChange={(event) => set({ least: event.currentTarget.value })}
              error={faults['min_total']}
            />
            <TextInput
              label={w.most}
              inputMode="decimal"
              value={draft.most}
              onChange={(event) => set({ most: event.currentTarget.value })}
              error={faults['max_total']}
            />
          </SimpleGrid>
          <Checkbox
            label={w.includesTax}
            checked={draft.includesTax}
            onChange={(event) => set({ includesTax: event.currentTarget.checked })}
          />
        </Stack>
      </Card>
      <Section
        title={w.components}
        hint={w.componentsHint}
        actions={
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" leftSection={<Icon name="add" size={16} />}>
                {w.addComponent}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {kinds.map((kind) => (
                <Menu.Item
                  key={kind}
                  onClick={() => set({ components: withComponent(components, newComponent(kind)) })}
                >
                  {w.kinds[kind]}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        }
      >
        {components.map((component, at) => (
          <ComponentEditor
            key={component.key}
            component={component}
            name={`${at + 1}. ${w.kinds[component.type]}`}
            change={(changed) => put(at, changed)}
            remove={() => set({ components: components.filter((_, i) => i !== at) })}
            {...(at > 0 && { up: () => move(at, -1) })}
            {...(at < components.length - 1 && { down: () => move(at, 1) })}
            faults={faults}
            path={`components[${at}]`}
          />
        ))}
        {components.length === 0 && (
          <Group justify="center" py="md" c="dimmed" fz="sm">
            {w.free}
          </Group>
        )}
      </Section>
    </>
  );
}
