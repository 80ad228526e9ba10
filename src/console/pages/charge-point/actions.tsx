/** What a charge point can be asked for, each with a question where it hurts, and what became of it. */
import { Alert, Code, Group, Loader, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { type ChargePoint, connectorsOf, nameOf } from '../../api/fleet.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { tell } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';

type Command = Schemas['Command'];
export type Place = { readonly evse_id: number; readonly connector_id: number };
const LAST_TOKEN = 'dynamo.token';

const MOST_AT_ONCE = 20;
const isOld = (protocol: string | null): boolean => protocol === null || protocol === 'ocpp1.6';

/** A connector by the number that its version counts by: 1.6 has connectors, 2.x has EVSEs. */
const at = ({ evse_id, connector_id }: Place, protocol: string | null) =>
  isOld(protocol) ? { connector_id } : { evse_id, connector_id };

export type Actions = ReturnType<typeof useActions>;

export function useActions(chargePoint: ChargePoint, sent: (commandId: string) => void) {
  const t = useTexts();
  const [question, setQuestion] = useState<Question>();
  const token = useRef<HTMLInputElement>(null);
  const { id, protocol } = chargePoint;
  const params = () => ({ path: { id }, header: onlyOnce() });
  const follow = async (asked: Parameters<typeof answer<Command>>[0]): Promise<void> => sent((await answer(asked)).id);
  const simply = (asked: Parameters<typeof answer<Command>>[0]): void => void follow(asked).catch(tell(t));

  return {
    dialogue: (<Confirm question={question} close={() => setQuestion(undefined)} />) as ReactNode,
    /** 1.6 tells of all connectors at once, 2.x of one at a time. */
    trigger() {
      const ask = (place?: Place) =>
        simply(
          api.POST('/api/v1/charge-points/{id}/trigger', {
            params: params(),
            body: { message: 'status', ...(place && at(place, protocol)) },
          }),
        );
      if (isOld(protocol)) return ask();
      for (const place of connectorsOf(chargePoint).slice(0, MOST_AT_ONCE)) ask(place);
    },
    clearCache: () => simply(api.POST('/api/v1/charge-points/{id}/clear-cache', { params: params(), body: {} })),
    reset: (type: 'soft' | 'hard') =>
      setQuestion({
        title: t.actions.resetTitle(nameOf(chargePoint)),
        text: type === 'soft' ? t.actions.softText : t.actions.hardText,
        yes: type === 'soft' ? t.actions.softReset : t.actions.hardReset,
        do: () => follow(api.POST('/api/v1/charge-points/{id}/reset', { params: params(), body: { type } })),
      }),
    availability(operative: boolean, place?: Place, label = nameOf(chargePoint)) {
      const body = { operative, ...(place && at(place, protocol)) };
      const change = () => api.POST('/api/v1/charge-points/{id}/availability', { params: params(), body });
      if (operative) return simply(change());
      const { disableTitle, disableText, disable } = t.actions;
      setQuestion({ title: disableTitle(label), text: disableText, yes: disable, do: () => follow(change()) });
    },
    unlock: (place: Place, label: string) =>
      setQuestion({
        title: t.actions.unlockTitle(label),
        text: t.actions.unlockText,
        yes: t.actions.unlock,
        do: () =>
          follow(api.POST('/api/v1/charge-points/{id}/unlock', { params: params(), body: at(place, protocol) })),
      }),
    start: (place: Place, label: string) =>
      setQuestion({
        title: t.actions.startTitle(label),
        text: '',
        yes: t.actions.start,
        isHarmful: false,
        extra: (
          <TextInput
            ref={token}
            label={t.actions.token}
            description={t.actions.tokenHint}
            defaultValue={localStorage.getItem(LAST_TOKEN) ?? ''}
            autoComplete="off"
            data-autofocus
            required
          />
        ),
        async do() {
          const uid = token.current?.value.trim() ?? '';
          // 2.x starts at an EVSE, whose number the API takes as connector_id (docs/commands.md)
          const connector_id = isOld(protocol) ? place.connector_id : place.evse_id;
          await follow(
            api.POST('/api/v1/charge-points/{id}/start', { params: params(), body: { token: uid, connector_id } }),
          );
          localStorage.setItem(LAST_TOKEN, uid);
        },
      }),
    stop: (session: Pick<Schemas['Session'], 'id'>, label: string) =>
      setQuestion({
        title: t.actions.stopTitle(label),
        text: t.actions.stopText,
        yes: t.actions.stop,
        do: () =>
          follow(
            api.POST('/api/v1/sessions/{id}/stop', {
              params: { path: { id: session.id }, header: onlyOnce() },
              body: {},
            }),
          ),
      }),
  };
}

const isOpen = (status: Command['status']): boolean => status === 'queued' || status === 'sent';

export function CommandOutcome({ id, close }: { readonly id: string; readonly close: () => void }) {
  const t = useTexts();
  const { data } = useQuery({
    queryKey: ['command', id],
    queryFn: () => answer(api.GET('/api/v1/commands/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data === undefined || isOpen(state.data.status) ? 1_000 : false),
  });
  if (data === undefined) return null;
  const { status, action, error, result } = data;
  const colour = isOpen(status) ? 'var(--busy)' : status === 'accepted' ? 'var(--ok)' : 'var(--bad)';
  const icon = isOpen(status) ? <Loader size={16} /> : <Icon name={status === 'accepted' ? 'check' : 'fault'} />;
  return (
    <Alert
      variant="default"
      c={colour}
      icon={icon}
      title={t.command[status](action)}
      withCloseButton
      onClose={close}
      closeButtonLabel={t.app.close}
      role="status"
      data-command={status}
    >
      {error !== null && <Text size="sm">{error.message}</Text>}
      {result !== null && status !== 'accepted' && (
        <Group gap="xs">
          <Text size="sm">{t.command.answer}</Text>
          <Code>{JSON.stringify(result)}</Code>
        </Group>
      )}
    </Alert>
  );
}
