/**
 * Measures each charger's clock against ours while it talks, and reads its times accordingly. Shared by all versions.
 * What a message says of the clock stands in clock-measure.ts.
 */
import type { Ingest } from '../ingest/contract.ts';
import type { ChargerInstant } from '../ingest/inputs.ts';
import { AGREE_MS, type ClockMeasure, carriedOver, heard, isTrusted, SETTLED_MS, unmeasured } from './clock-measure.ts';
import type { ChargerLink, InboundCall } from './contract.ts';
import { readInstant } from './instants.ts';

/** Smaller changes are not worth a write. */
const WORTH_TELLING_MS = AGREE_MS;
/** charge_point_states.clock_offset_ms is an int4: 24 days. */
const MOST_MS = 2_147_483_647;

type Said = Pick<InboundCall, 'receivedAt' | 'traceId' | 'link'>;

export type ClockWatch = {
  /** The time that a message carries, and one more measurement of the clock it came from. */
  read(raw: unknown, call: Said): ChargerInstant;
  /** The charger is about to set its clock (OCPP 1.6 §4.2: by the currentTime that answers its boot): measure anew. */
  restart(link: ChargerLink): void;
};

/** `before`: without the message in hand, which may say many times and counts with the latest of them. */
type Watched = {
  before: ClockMeasure;
  measure: ClockMeasure;
  message: { readonly traceId: string; latestMs: number } | undefined;
  /** What charge_point_states.clock_offset_ms holds; undefined: nothing, or it is not known. */
  toldMs: number | undefined;
};

export function createClockWatch({ submit }: { submit: Ingest['submit'] }): ClockWatch {
  // One small record per socket, gone with it.
  const watched = new WeakMap<ChargerLink, Watched>();

  function watchOf(link: ChargerLink): Watched {
    const known = watched.get(link);
    if (known !== undefined) return known;
    const measure = carriedOver(link.clockOffsetMs);
    const fresh = { before: measure, measure, message: undefined, toldMs: link.clockOffsetMs ?? undefined };
    watched.set(link, fresh);
    return fresh;
  }

  function observe(watch: Watched, at: ChargerInstant, { receivedAt, traceId }: Said): void {
    const offsetMs = Math.max(-MOST_MS, Math.min(MOST_MS, at.at.getTime() - receivedAt.getTime()));
    if (watch.message?.traceId !== traceId) {
      watch.message = { traceId, latestMs: Number.NEGATIVE_INFINITY };
      watch.before = watch.measure;
    }
    watch.message.latestMs = Math.max(watch.message.latestMs, offsetMs);
    watch.measure = heard(watch.before, watch.message.latestMs, receivedAt);
  }

  function tell(watch: Watched, settled: boolean, { receivedAt, traceId, link: { chargePointId } }: Said): void {
    const offsetMs = watch.measure.bestMs;
    const changed = Math.abs(offsetMs - (watch.toldMs ?? 0)) > WORTH_TELLING_MS;
    // Nothing told yet: once also "it is right"; not before it has settled, so that a storm of reconnecting chargers costs no
    // write for this.
    if (!changed && !(watch.toldMs === undefined && settled)) return;
    watch.toldMs = offsetMs;
    submit({ room: 'stations', type: 'clock_measured', chargePointId, receivedAt, offsetMs }, { traceId }).catch(() => {
      watch.toldMs = undefined; // may be lost: the next message that carries a time measures and tells again
    });
  }

  return {
    read(raw, call) {
      const { receivedAt, link } = call;
      const watch = watchOf(link);
      const first = readInstant(raw, receivedAt, link.connectedAt);
      if (first.plausible) observe(watch, first, call);
      const settled = receivedAt.getTime() - link.connectedAt.getTime() >= SETTLED_MS;
      if (!isTrusted(watch.measure, settled)) return first;
      tell(watch, settled, call);
      const { bestMs } = watch.measure;
      return Math.abs(bestMs) <= AGREE_MS ? first : readInstant(raw, receivedAt, link.connectedAt, bestMs);
    },
    restart(link) {
      const watch = watchOf(link);
      watch.before = unmeasured;
      watch.measure = unmeasured;
      watch.message = undefined;
    },
  };
}
