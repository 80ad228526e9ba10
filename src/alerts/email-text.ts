/** E-mails of alerts as people read them: one alert, or a digest of many. Plain text. Pure. */
import { ruleOf } from './rules/index.ts';

export type MailedAlert = {
  readonly alertId: string;
  readonly kind: 'triggered' | 'resolved';
  readonly rule: string;
  readonly severity: string;
  readonly title: string;
  readonly reason: string;
  readonly chargePointId: string;
  /** null: of an organization, or of one that was deleted. */
  readonly identity: string | null;
  readonly chargePointName: string | null;
  readonly siteName: string | null;
  readonly members: number;
  readonly evseId: number;
  readonly connectorId: number;
  readonly triggeredAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolution: string | null;
};
export type Reader = { readonly recipientId: string; readonly organization: string; readonly timezone: string };

/** More than these in one mail are counted only. */
export const MOST_LINES = 50;

const placeOf = (alert: MailedAlert): string => {
  if (alert.members > 0)
    return `${alert.members} charge points${alert.siteName === null ? '' : ` at ${alert.siteName}`}`;
  const connector =
    alert.connectorId === 0 && alert.evseId === 0 ? '' : `, connector ${alert.evseId}/${alert.connectorId}`;
  return `${alert.identity ?? 'the organization'}${connector}${alert.siteName === null ? '' : ` at ${alert.siteName}`}`;
};

const when = (at: Date, timezone: string): string =>
  `${new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' }).format(at)} (${timezone})`;

function footer({ recipientId, organization }: Reader): string[] {
  return [
    '-- ',
    `Sent by Dynamo CSMS to who is named for alerts of ${organization}.`,
    `Not for you any more? Ask your administrator to take recipient ${recipientId} off the list`,
    `(DELETE /api/v1/alert-recipients/${recipientId}), or to set what it is told of (PATCH).`,
  ];
}

export function alertMail(alert: MailedAlert, reader: Reader): { readonly subject: string; readonly text: string } {
  const isOver = alert.kind === 'resolved';
  const { title, severity, reason, triggeredAt, resolvedAt } = alert;
  const remedy = ruleOf(alert.rule)?.remedy;
  const lines = [
    isOver ? `Over: ${title}` : title,
    '',
    reason,
    '',
    `Where:     ${placeOf(alert)}${alert.chargePointName === null ? '' : ` (${alert.chargePointName})`}`,
    `Severity:  ${severity}`,
    `Since:     ${when(triggeredAt, reader.timezone)}`,
    ...(isOver && resolvedAt !== null
      ? [`Over at:   ${when(resolvedAt, reader.timezone)}${alert.resolution === 'manual' ? ', by hand' : ''}`]
      : []),
    ...(isOver || remedy === undefined ? [] : ['', `What to do: ${remedy}`]),
    '',
    `Alert ${alert.alertId}, rule ${alert.rule}`,
    '',
    ...footer(reader),
  ];
  return { subject: `[${isOver ? 'resolved' : severity}] ${title}: ${placeOf(alert)}`, text: lines.join('\n') };
}

/** Many at once are one mail. */
export function digestMail(
  alerts: readonly MailedAlert[],
  reader: Reader,
): { readonly subject: string; readonly text: string } {
  const begun = alerts.filter(({ kind }) => kind === 'triggered');
  const over = alerts.filter(({ kind }) => kind === 'resolved');
  const line = (alert: MailedAlert): string =>
    `- [${alert.severity}] ${alert.title}: ${placeOf(alert)}. ${alert.reason}`;
  const part = (name: string, some: readonly MailedAlert[]): string[] =>
    some.length === 0
      ? []
      : [
          `${some.length} ${name}`,
          '',
          ...some.slice(0, MOST_LINES).map(line),
          ...(some.length > MOST_LINES ? [`and ${some.length - MOST_LINES} more: GET /api/v1/alerts`] : []),
          '',
        ];
  const counts = [
    ...(begun.length === 0 ? [] : [`${begun.length} new`]),
    ...(over.length === 0 ? [] : [`${over.length} over`]),
  ];
  return {
    subject: `[alerts] ${counts.join(', ')} at ${reader.organization}`,
    text: [...part('new alerts', begun), ...part('alerts that are over', over), ...footer(reader)].join('\n'),
  };
}
