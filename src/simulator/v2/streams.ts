/** Periodic event streams (2.1 N11–N15): a periodic monitor's values, gathered and sent many at once without an answer. */
import type { Controls } from '../dialect.ts';
import { numberOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import type { Monitor } from './monitors.ts';

type Params = { readonly interval: number; readonly values: number };
type Stream = {
  readonly id: number;
  readonly monitor: Monitor;
  params: Params;
  data: { readonly at: number; readonly value: string }[];
  begunAt: number;
  isOpen: boolean;
};

export type Streams = {
  open(monitor: Monitor, said: Payload, controls: Controls): void;
  adjust(id: number, said: Payload): boolean;
  close(monitorId: number, controls: Controls): void;
  list(): readonly Payload[];
};

const paramsOf = (said: Payload, before: Params = { interval: 60, values: 10 }): Params => ({
  interval: Math.max(1, numberOf(said['interval']) ?? before.interval),
  values: Math.max(1, Math.min(100, numberOf(said['values']) ?? before.values)),
});

export function createStreams(): Streams {
  const streams = new Map<number, Stream>();
  let serial = 0;

  const shown = ({ id, params, monitor }: Stream): Payload => ({ id, params, variableMonitoringId: monitor.id });

  function send(stream: Stream, controls: Controls): void {
    const [first] = stream.data;
    if (first === undefined) return;
    const data = stream.data.map(({ at, value }) => ({ t: (at - first.at) / 1000, v: value }));
    stream.data = [];
    stream.begunAt = controls.now().getTime();
    controls.send('NotifyPeriodicEventStream', {
      id: stream.id,
      pending: 0,
      basetime: new Date(first.at).toISOString(),
      data,
    });
  }

  /** A value each period; a message when enough are there, or the oldest has waited long enough. */
  function sample(stream: Stream, controls: Controls): void {
    if (!stream.isOpen) return;
    const at = controls.now().getTime();
    stream.data.push({ at, value: stream.monitor.entry.value() });
    if (stream.data.length >= stream.params.values || at - stream.begunAt >= stream.params.interval * 1000)
      send(stream, controls);
    controls.after(Math.max(1, stream.monitor.value) * 1000, () => sample(stream, controls));
  }

  return {
    open(monitor, said, controls) {
      serial += 1;
      const begunAt = controls.now().getTime();
      const stream: Stream = { id: serial, monitor, params: paramsOf(said), data: [], begunAt, isOpen: true };
      streams.set(stream.id, stream);
      // After the answer to the request that asked for it.
      controls.after(0, () =>
        controls.ask({ action: 'OpenPeriodicEventStream', payload: { constantStreamData: shown(stream) } }, (said) => {
          if (said?.['status'] === 'Accepted') return sample(stream, controls);
          stream.isOpen = false;
          streams.delete(stream.id);
        }),
      );
    },
    adjust(id, said) {
      const stream = streams.get(id);
      if (stream === undefined) return false;
      stream.params = paramsOf(said, stream.params);
      return true;
    },
    close(monitorId, controls) {
      for (const stream of streams.values()) {
        if (stream.monitor.id !== monitorId) continue;
        send(stream, controls);
        stream.isOpen = false;
        streams.delete(stream.id);
        controls.say({ action: 'ClosePeriodicEventStream', payload: { id: stream.id } })();
      }
    },
    list: () => [...streams.values()].map(shown),
  };
}
