/** Server-sent events: what a streamRoute gives, and its text. https://html.spec.whatwg.org/multipage/server-sent-events.html */
import type { OpenStream } from '../../platform/mailbox.ts';

export type ServerEvent = {
  /** What a reader names in Last-Event-ID when it comes back. One line. */
  readonly id?: string;
  /** One line. */
  readonly event?: string;
  readonly data: string;
};

/** Pulled as fast as the reader reads. It must end when the signal is aborted. */
export type Feed = (stream: OpenStream) => AsyncIterable<ServerEvent>;

export const LAST_EVENT_ID = 'Last-Event-ID';

export function eventText({ id, event, data }: ServerEvent): string {
  const lines: string[] = [];
  if (id !== undefined) lines.push(`id: ${oneLine(id)}`);
  if (event !== undefined) lines.push(`event: ${oneLine(event)}`);
  for (const line of data.split(/\r\n|\r|\n/)) lines.push(`data: ${line}`);
  return `${lines.join('\n')}\n\n`;
}

/** A comment: readers ignore it, proxies see that the connection lives. */
export const commentText = (text: string): string => `: ${oneLine(text)}\n\n`;

function oneLine(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new TypeError('a line of a server-sent event must not contain a line end or NUL');
  return text;
}
