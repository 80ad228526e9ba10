/** One field of a request, whatever its schema says that it is; objects and lists hold further ones. */
import {
  ActionIcon,
  Button,
  Checkbox,
  Fieldset,
  Group,
  NumberInput,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { rawCommand } from '../../../texts/raw-command.ts';
import { useWords } from '../../../texts/words.ts';
import { Icon } from '../../../ui/icons.tsx';
import { emptyOf, type Field, nodeOf, type Schema, textOf } from './schema.ts';

type Faults = Readonly<Record<string, string>>;
type Given = {
  readonly root: Schema;
  readonly schema: Schema;
  readonly label: string;
  readonly value: unknown;
  readonly change: (value: unknown) => void;
  /** Of the API, by path: payload.a.0.b. */
  readonly faults: Faults;
  readonly path: string;
  readonly isNeeded: boolean;
  readonly depth: number;
};

const DEEPEST = 6;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function FieldOf(props: Given) {
  const { root, schema, label, value, change, faults, path, isNeeded, depth } = props;
  const w = useWords(rawCommand);
  const node = nodeOf(root, schema);
  const shared = {
    label,
    description: node.kind === 'object' ? undefined : textOf(root, schema),
    error: faults[path],
    required: isNeeded,
  };
  if (depth > DEEPEST) return <Text size="sm">{w.deep}</Text>;
  switch (node.kind) {
    case 'object':
      return (
        <Fieldset legend={label} p="sm">
          <Fields {...{ root, value, change, faults, path, depth }} fields={node.fields} />
        </Fieldset>
      );
    case 'list':
      return <ListOf {...props} of={node.of} most={node.most} />;
    case 'choice':
      return (
        <Select
          {...shared}
          data={[...node.among]}
          value={typeof value === 'string' ? value : null}
          onChange={change}
          searchable={node.among.length > 10}
          allowDeselect={false}
        />
      );
    case 'truth':
      return (
        <Checkbox
          label={label}
          description={shared.description}
          error={shared.error}
          checked={value === true}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...shared}
          value={typeof value === 'number' || typeof value === 'string' ? value : ''}
          onChange={(next) => change(next === '' ? undefined : next)}
          allowDecimal={!node.isWhole}
          {...(node.min !== undefined && { min: node.min })}
          {...(node.max !== undefined && { max: node.max })}
        />
      );
    case 'text':
    case 'any':
      return (
        <TextInput
          {...shared}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => change(event.currentTarget.value)}
          {...(node.kind === 'text' && node.most !== undefined && { maxLength: node.most })}
          autoComplete="off"
          spellCheck={false}
        />
      );
  }
}

/** What must be given, then what may: that is asked for first, so that the form stays small. */
export function Fields(props: Omit<Given, 'schema' | 'label' | 'isNeeded'> & { readonly fields: readonly Field[] }) {
  const { root, fields, value, change, faults, path, depth } = props;
  const w = useWords(rawCommand);
  const given = isRecord(value) ? value : {};
  const put = (name: string, next: unknown): void => {
    const { [name]: _, ...rest } = given;
    change(next === undefined ? rest : { ...rest, [name]: next });
  };
  const absent = fields.filter(({ name, isNeeded }) => !isNeeded && given[name] === undefined);
  return (
    <Stack gap="sm">
      {fields
        .filter((field) => !absent.includes(field))
        .map(({ name, schema, isNeeded }) => (
          <Group key={name} align="flex-end" wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>
              <FieldOf
                {...{ root, schema, isNeeded, faults }}
                label={name}
                value={given[name]}
                change={(next) => put(name, next)}
                path={path === '' ? name : `${path}.${name}`}
                depth={depth + 1}
              />
            </div>
            {!isNeeded && (
              <ActionIcon
                variant="default"
                size="lg"
                aria-label={`${w.notSet}: ${name}`}
                onClick={() => put(name, undefined)}
              >
                <Icon name="remove" size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
      {absent.length > 0 && (
        <Group gap="xs">
          {absent.map(({ name, schema }) => (
            <Button
              key={name}
              size="compact-sm"
              variant="default"
              leftSection={<Icon name="add" size={14} />}
              aria-label={w.include(name)}
              onClick={() => put(name, emptyOf(root, schema))}
            >
              {name}
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  );
}

function ListOf(props: Given & { readonly of: Schema; readonly most: number | undefined }) {
  const { root, of, most = 100, label, value, change, faults, path, depth } = props;
  const w = useWords(rawCommand);
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <Fieldset legend={label} p="sm">
      <Stack gap="sm">
        {items.map((item, at) => (
          <Group key={at} align="flex-end" wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>
              <FieldOf
                {...{ root, faults }}
                schema={of}
                label={w.item(label, at + 1)}
                value={item}
                change={(next) => change(items.map((each, place) => (place === at ? next : each)))}
                path={`${path}.${at}`}
                isNeeded
                depth={depth + 1}
              />
            </div>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={w.removeItem(label, at + 1)}
              onClick={() => change(items.filter((_, place) => place !== at))}
            >
              <Icon name="remove" size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Icon name="add" size={14} />}
            disabled={items.length >= most}
            onClick={() => change([...items, emptyOf(root, of)])}
          >
            {w.add(label)}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
