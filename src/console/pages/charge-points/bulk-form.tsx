/** One command for the charge points that were selected: tried first without sending, so that it is seen who gets it. */
import { Alert, Button, Checkbox, Group, List, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { paths } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { bulk } from '../../texts/bulk.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useGo } from '../../ui/use-go.ts';

const wishes = ['soft', 'hard', 'enable', 'disable', 'status', 'boot', 'cache', 'read', 'change', 'raw'] as const;
type Wish = (typeof wishes)[number];
type Body = paths['/api/v1/commands/bulk']['post']['requestBody']['content']['application/json'];

/** Of the API. */
export const MOST_SELECTED = 2_500;
const MOST_TOLD = 5;

const post = (body: Body) => answer(api.POST('/api/v1/commands/bulk', { params: { header: onlyOnce() }, body }));

type Given = { readonly key: string; readonly value: string; readonly action: string; readonly payload: string };

/** undefined: what was given is no JSON object. */
function callOf(wish: Wish, given: Given): Omit<Body, 'filter'> | undefined {
  switch (wish) {
    case 'soft':
    case 'hard':
      return { command: { do: 'reset', type: wish } };
    case 'enable':
    case 'disable':
      return { command: { do: 'availability', operative: wish === 'enable' } };
    case 'status':
    case 'boot':
      return { command: { do: 'trigger', message: wish } };
    case 'cache':
      return { command: { do: 'clear_cache' } };
    case 'read':
      return { action: 'GetConfiguration', payload: given.key.trim() === '' ? {} : { key: [given.key.trim()] } };
    case 'change':
      return { action: 'ChangeConfiguration', payload: { key: given.key.trim(), value: given.value } };
    case 'raw':
      return rawCall(given);
  }
}

function rawCall({ action, payload }: Given): Omit<Body, 'filter'> | undefined {
  try {
    const parsed: unknown = JSON.parse(payload);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? { action: action.trim(), payload: { ...parsed } } : undefined;
  } catch {
    return undefined;
  }
}

export function BulkForm(props: {
  readonly ids: readonly string[];
  readonly isOpen: boolean;
  readonly close: () => void;
}) {
  const { ids, isOpen, close } = props;
  const t = useTexts();
  const w = useWords(bulk);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={w.title(ids.length)}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {isOpen && <Form ids={ids} close={close} />}
    </Modal>
  );
}

function Form({ ids, close }: { readonly ids: readonly string[]; readonly close: () => void }) {
  const t = useTexts();
  const w = useWords(bulk);
  const navigate = useGo();
  const [wish, setWish] = useState<Wish>('soft');
  const [given, setGiven] = useState<Given>({ key: '', value: '', action: '', payload: '{}' });
  const [isPatient, setPatient] = useState(false);
  const call = callOf(wish, given);
  const bodyOf = (each: Omit<Body, 'filter'>): Body => ({
    ...each,
    filter: { charge_point_ids: [...ids] },
    ...(isPatient && { queue: true }),
  });
  const check = useMutation({ mutationFn: (each: Omit<Body, 'filter'>) => post({ ...bodyOf(each), dry_run: true }) });
  const send = useMutation({
    mutationFn: (each: Omit<Body, 'filter'>) => post(bodyOf(each)),
    onSuccess: ({ id }) => navigate(`/charge-points/bulk/${id ?? ''}`),
  });
  /** What was found out holds for what was asked. */
  const anew = (): void => check.reset();
  const put = (field: keyof Given) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    anew();
    setGiven((before) => ({ ...before, [field]: value }));
  };
  const found = check.data;
  const fit = found === undefined ? 0 : found.matched - (found.refused ?? 0);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (call === undefined) return;
        if (found === undefined) check.mutate(call);
        else send.mutate(call);
      }}
    >
      <Stack>
        <Select
          label={w.what}
          data={wishes.map((value) => ({ value, label: w.wishes[value] }))}
          value={wish}
          onChange={(value) => {
            anew();
            setWish(wishes.find((each) => each === value) ?? wish);
          }}
          allowDeselect={false}
        />
        {(wish === 'change' || wish === 'read') && (
          <Group grow align="flex-start">
            <TextInput
              label={w.key}
              value={given.key}
              onChange={put('key')}
              required={wish === 'change'}
              maxLength={50}
            />
            {wish === 'change' && (
              <TextInput label={w.value} value={given.value} onChange={put('value')} maxLength={500} />
            )}
          </Group>
        )}
        {wish === 'raw' && (
          <>
            <TextInput label={w.action} value={given.action} onChange={put('action')} maxLength={50} required />
            <Textarea
              label={w.payload}
              value={given.payload}
              onChange={put('payload')}
              error={call === undefined ? w.notJson : undefined}
              rows={6}
              classNames={{ input: 'mono' }}
              spellCheck={false}
            />
          </>
        )}
        <Checkbox
          label={w.queue}
          checked={isPatient}
          onChange={(event) => {
            anew();
            setPatient(event.currentTarget.checked);
          }}
        />
        {(wish === 'soft' || wish === 'hard') && (
          <Text size="sm" c="dimmed">
            {w.harm}
          </Text>
        )}
        {found !== undefined && (
          <Alert
            variant="default"
            c={fit === found.matched ? 'var(--ok)' : 'var(--warn)'}
            icon={<Icon name={fit === found.matched ? 'check' : 'warning'} />}
            title={w.checked(fit, found.matched)}
            role="status"
          >
            {found.refusals.length > 0 && (
              <List size="sm" listStyleType="none">
                {found.refusals.slice(0, MOST_TOLD).map(({ charge_point_id, identity, message }) => (
                  <List.Item key={charge_point_id}>
                    <Text size="sm" lineClamp={2} title={message}>
                      <strong>{identity}</strong> {message}
                    </Text>
                  </List.Item>
                ))}
                {(found.refused ?? 0) > MOST_TOLD && <List.Item>{w.more((found.refused ?? 0) - MOST_TOLD)}</List.Item>}
              </List>
            )}
          </Alert>
        )}
        <ErrorNote cause={check.error ?? send.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.common.cancel}
          </Button>
          {found === undefined ? (
            <Button type="submit" loading={check.isPending} disabled={call === undefined}>
              {w.check}
            </Button>
          ) : (
            <Button
              type="submit"
              loading={send.isPending}
              disabled={fit === 0}
              {...((wish === 'soft' || wish === 'hard' || wish === 'disable') && { color: 'red.8' })}
            >
              {w.send(fit)}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
