/** Readings at the strokes of the clock (2.0.1 J01: AlignedDataCtrlr), within a transaction as an event of it. */
import type { Controls } from '../dialect.ts';
import type { Device } from './device.ts';
import { meterValues } from './messages.ts';

export function beginAligned(device: Device, controls: Controls): void {
  const { model, log } = device;
  let cancel: (() => void) | undefined;

  function tell(): void {
    const isIdleOnly = model.read('AlignedDataCtrlr.SendDuringIdle') === 'true';
    if (!controls.isAccepted() || (isIdleOnly && log.ongoing().length > 0)) return;
    for (const evseId of controls.connectorIds()) {
      const reading = controls.reading(evseId, 'Sample.Clock');
      const open = log.open(evseId);
      if (reading === undefined) continue;
      if (open !== undefined) device.transactions().update(open, 'MeterValueClock', reading);
      else {
        const measurands = model.read('AlignedDataCtrlr.Measurands').split(',');
        controls.say(
          meterValues(
            evseId,
            reading,
            measurands.map((word) => word.trim()),
          ),
        )();
      }
    }
  }

  function next(): void {
    cancel?.();
    cancel = undefined;
    const isOn = model.read('AlignedDataCtrlr.Enabled') === 'true';
    const every = isOn ? Number(model.read('AlignedDataCtrlr.Interval')) * 1000 : 0;
    if (every <= 0) return;
    // A timer may be early by a little: the stroke after the coming half of an interval.
    const now = controls.now().getTime();
    const stroke = (Math.floor(now / every + 0.5) + (now % every < every / 2 ? 1 : 0)) * every;
    cancel = controls.after(stroke - now, () => {
      tell();
      next();
    });
  }

  model.onChange(({ component }) => {
    if (component.name === 'AlignedDataCtrlr') next();
  });
  next();
}
