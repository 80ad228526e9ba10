/** What went wrong, and what to do about it: in the words of the API, with the number that finds it in the server's log. */
import { Alert, Button, List, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { isApiError } from '../api/errors.ts';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/use-texts.ts';
import { Icon } from './icons.tsx';

/** A title, and what stands below it. */
export function wordsOf(cause: unknown, t: Texts): { readonly title: string; readonly hint: string | undefined } {
  if (!isApiError(cause)) return { title: t.error.unknown, hint: String(cause) };
  const { status, message, details, retryAfterS } = cause;
  if (status === 0) return { title: t.error.unreachable, hint: t.error.unreachableHint };
  // what is wrong with a field, no other role puts right
  if (status === 403 && details.length === 0)
    return { title: t.error.forbidden, hint: `${message}. ${t.error.forbiddenHint}` };
  if (status === 404) return { title: t.error.notFound, hint: t.error.notFoundHint };
  if (status === 429) return { title: t.error.tooMany(retryAfterS ?? 60), hint: message };
  return { title: message, hint: undefined };
}

export function ErrorNote(props: {
  readonly cause: unknown;
  readonly retry?: (() => void) | undefined;
  /** What stands beside these fields is not said twice. */
  readonly except?: readonly string[];
}) {
  const { cause, retry, except = [] } = props;
  const t = useTexts();
  if (cause === null || cause === undefined) return null;
  const { title, hint } = wordsOf(cause, t);
  const all = isApiError(cause) ? cause.details : [];
  const details = all.filter(({ field }) => !except.includes(field));
  if (all.length > 0 && details.length === 0) return null;
  return (
    <Alert color="red" role="alert" icon={<Icon name="fault" />} title={title} variant="default" c="var(--bad)">
      {hint !== undefined && <Text size="sm">{hint}</Text>}
      {details.length > 0 && (
        <List size="sm">
          {details.map(({ field, message }) => (
            <List.Item key={`${field} ${message}`}>{field === '' ? message : `${field}: ${message}`}</List.Item>
          ))}
        </List>
      )}
      {isApiError(cause) && cause.requestId !== undefined && (
        <Text size="xs" c="dimmed" mt={4}>
          {t.error.request} {cause.requestId}
        </Text>
      )}
      {retry !== undefined && (
        <Button mt="sm" size="xs" variant="default" onClick={retry}>
          {t.error.retry}
        </Button>
      )}
    </Alert>
  );
}

/** For what is asked beside a form: says it in a corner. */
export const tell =
  (t: Texts) =>
  (cause: unknown): void => {
    const { title, hint } = wordsOf(cause, t);
    const details = isApiError(cause)
      ? cause.details.map(({ field, message }) => `${field}: ${message}`).join('; ')
      : '';
    notifications.show({
      color: 'red',
      title,
      message: [hint, details].filter(Boolean).join(' '),
      autoClose: 10_000,
      ...closeWord(t),
    });
  };

export const tellDone = (message: string, t: Texts): void => {
  // what is said already is not said beside it once more
  notifications.show({ id: message, message, color: 'green', ...closeWord(t) });
};

const closeWord = (t: Texts) => ({ closeButtonProps: { 'aria-label': t.app.close } });
