/**
 * Measures each charger's clock against ours while it talks, and reads its times accordingly. Shared by all versions.
 * A message can only arrive after it was written, so the largest (written − received) seen is the closest to the truth.
 */
import type { Ingest } from '../ingest/contract.ts';
import type { ChargerInstant } from '../ingest/inputs.ts';
import type { ChargerLink, InboundCall } from './contract.ts';
import { readInstant } from './instants.ts';

/** Smaller changes are not worth a write. */
const WORTH_TELLING_MS = 5_000;
/** Up to here a message may simply have been slow; beyond, it may come from an offline queue instead of a slow clock. */
const SLOW_MESSAGE_MS = 60_000;
/** By then a charger has emptied its queue or at least sent something fresh. */
const SETTLED_MS = 120_000;
const SETTLED_SAMPLES = 3;
/** charge_point_states.clock_offset_ms is an int4: 24 days. */
const MOST_MS = 2_147_483_647;

export type ClockWatch = {
  /** The time that a message carries, and one more measurement of the clock it came from. */
  read(raw: unknown, call: Pick<InboundCall, 'receivedAt' | 'traceId' | 'link'>): ChargerInstant;
  /** The charger is about to set its clock (OCPP 1.6 §4.2: by the currentTime that answers its boot): measure anew. */
  restart(link: ChargerLink): void;
};

type Measured = { bestMs: number; samples: number; toldMs: number | undefined };

export function createClockWatch({ submit }: { submit: Ingest['submit'] }): ClockWatch {
  // One small record per socket, gone with it.
  const measured = new WeakMap<ChargerLink, Measured>();

  function trusted(m: Measured, settled: boolean): boolean {
    return m.bestMs > -SLOW_MESSAGE_MS || (settled && m.samples >= SETTLED_SAMPLES);
  }

  function observe(
    m: Measured,
    at: ChargerInstant,
    { receivedAt, traceId, link }: Pick<InboundCall, 'receivedAt' | 'traceId' | 'link'>,
  ): void {
    const offsetMs = at.at.getTime() - receivedAt.getTime();
    m.bestMs = Math.max(m.bestMs, Math.max(-MOST_MS, Math.min(MOST_MS, offsetMs)));
    m.samples += 1;
    const settled = receivedAt.getTime() - link.connectedAt.getTime() >= SETTLED_MS;
    if (!trusted(m, settled)) return;
    const changed = Math.abs(m.bestMs - (m.toldMs ?? 0)) > WORTH_TELLING_MS;
    // Nothing told yet: once per connection also "it is right", which replaces what an earlier connection measured;
    // not before it has settled, so that a storm of reconnecting chargers costs no write for this.
    if (!changed && !(m.toldMs === undefined && settled)) return;
    m.toldMs = m.bestMs;
    const { chargePointId } = link;
    const measurement = {
      room: 'stations',
      type: 'clock_measured',
      chargePointId,
      receivedAt,
      offsetMs: m.bestMs,
    } as const;
    submit(measurement, { traceId }).catch(() => {
      m.toldMs = undefined; // may be lost: the next message that carries a time measures and tells again
    });
  }

  return {
    read(raw, call) {
      const { receivedAt, link } = call;
      let m = measured.get(link);
      if (m === undefined) {
        m = { bestMs: Number.NEGATIVE_INFINITY, samples: 0, toldMs: undefined };
        measured.set(link, m);
      }
      const first = readInstant(raw, receivedAt, link.connectedAt);
      if (!first.plausible) return first;
      observe(m, first, call);
      const settled = receivedAt.getTime() - link.connectedAt.getTime() >= SETTLED_MS;
      if (!trusted(m, settled) || Math.abs(m.bestMs) <= WORTH_TELLING_MS) return first;
      return readInstant(raw, receivedAt, link.connectedAt, m.bestMs);
    },
    restart(link) {
      const m = measured.get(link);
      if (m !== undefined) {
        m.bestMs = Number.NEGATIVE_INFINITY;
        m.samples = 0;
      }
    },
  };
}
