/** States in words, with a dot whose colour repeats them: never the colour alone. */
import type { ReactNode } from 'react';
import { type ChargePoint, connectorsOf } from '../api/fleet.ts';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/use-texts.ts';

export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'off';

export function Status({
  tone,
  hollow = false,
  children,
}: {
  readonly tone: Tone;
  readonly hollow?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <span className={`status${hollow ? ' hollow' : ''}`} style={{ color: `var(--${tone})` }}>
      <span>{children}</span>
    </span>
  );
}

type ConnectorStatus = NonNullable<ChargePoint['status']>['status'];
const tones: Record<ConnectorStatus, Tone> = {
  available: 'ok',
  preparing: 'busy',
  charging: 'busy',
  suspended_ev: 'busy',
  suspended_evse: 'warn',
  finishing: 'busy',
  reserved: 'warn',
  unavailable: 'off',
  faulted: 'bad',
  occupied: 'busy',
  unknown: 'off',
};

export function ConnectorState({ status }: { readonly status: ConnectorStatus }) {
  const t = useTexts();
  return <Status tone={tones[status]}>{t.status[status]}</Status>;
}

export function connectionOf(chargePoint: ChargePoint, t: Texts): { readonly tone: Tone; readonly word: string } {
  const { connected, last_seen_at, pending, degraded, reboot_pending } = chargePoint;
  if (!connected) return { tone: 'off', word: last_seen_at === null ? t.status.never : t.status.offline };
  if (pending) return { tone: 'warn', word: t.status.pending };
  if (degraded) return { tone: 'warn', word: t.status.degraded };
  if (reboot_pending) return { tone: 'warn', word: t.status.rebootPending };
  return { tone: 'ok', word: t.status.online };
}

export function Connection({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const { tone, word } = connectionOf(chargePoint, useTexts());
  return (
    <Status tone={tone} hollow={!chargePoint.connected}>
      {word}
    </Status>
  );
}

/** The connectors of a charge point by state, in a line. */
export function ConnectorSummary({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const t = useTexts();
  const counts = new Map<ConnectorStatus, number>();
  for (const { status } of connectorsOf(chargePoint)) counts.set(status, (counts.get(status) ?? 0) + 1);
  if (counts.size === 0) return <>{t.common.none}</>;
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: '0.25rem 0.9rem' }}>
      {[...counts].map(([status, count]) => (
        // of one that is away, it is what it said last
        <Status key={status} tone={chargePoint.connected ? tones[status] : 'off'} hollow={!chargePoint.connected}>
          {count > 1 ? `${count} × ` : ''}
          {t.status[status]}
        </Status>
      ))}
    </span>
  );
}
