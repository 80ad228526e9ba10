/** A form: what the API says about a field stands beside it, everything else above the button. */
import { Button, Group, Modal, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTexts } from '../texts/use-texts.ts';
import { ErrorNote } from './error-note.tsx';

/** What a form asks for: a mutation (TanStack Query), or what looks like one. */
type Asking = { readonly mutate: () => void; readonly isPending: boolean; readonly error: unknown };

export function Form(props: {
  readonly save: Asking;
  readonly yes: string;
  /** Those that show their own fault. */
  readonly fields?: readonly string[];
  readonly cancel?: (() => void) | undefined;
  readonly isReady?: boolean;
  readonly label?: string;
  /** What else can be done, at the other end of the line. */
  readonly also?: ReactNode;
  readonly children: ReactNode;
}) {
  const { save, yes, fields = [], cancel, isReady = true, label, also, children } = props;
  const t = useTexts();
  return (
    <form
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        save.mutate();
      }}
    >
      <Stack>
        {children}
        <ErrorNote cause={save.error} except={fields} />
        <Group justify={also === undefined ? 'flex-end' : 'space-between'}>
          {also}
          {cancel !== undefined && (
            <Button variant="default" onClick={cancel}>
              {t.common.cancel}
            </Button>
          )}
          <Button type="submit" loading={save.isPending} disabled={!isReady}>
            {yes}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function Dialog(props: {
  readonly title: string | undefined;
  readonly close: () => void;
  readonly size?: string;
  readonly children: ReactNode;
}) {
  const { title, close, size = 'lg', children } = props;
  const t = useTexts();
  return (
    <Modal
      opened={title !== undefined}
      onClose={close}
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {title !== undefined && children}
    </Modal>
  );
}

/** The values of a form, and how one of them changes. */
export function useFields<T extends object>(start: T) {
  const [fields, setFields] = useState(start);
  const set = (changed: Partial<T>): void => setFields((before) => ({ ...before, ...changed }));
  return [fields, set] as const;
}

/** What is left empty is not said. */
export const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** An instant for <input type="datetime-local">, and back. */
export function localInstant(at: string | null | undefined): string {
  if (at === null || at === undefined) return '';
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
export const instantOf = (local: string): string | null => (local === '' ? null : new Date(local).toISOString());
