// A charger of the measurements: it says one thing at a time and knows when it said it. OCPP 1.6, one socket, no behaviour of its own.
import { once } from 'node:events';
import { WebSocket } from 'ws';

export async function connectCharger(port, identity, key) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${identity}`, 'ocpp1.6', { auth: `${identity}:${key}` });
  const waiting = new Map();
  let broken;
  socket.on('error', (cause) => {
    broken = cause;
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(broken ?? new Error(`${identity} was cut off`));
  });
  socket.on('message', (data) => {
    const [type, id, body] = JSON.parse(String(data));
    if (type === 2) socket.send(JSON.stringify([3, id, { status: 'Accepted' }]));
    else waiting.get(id)?.resolve(body);
    waiting.delete(id);
  });
  await once(socket, 'open');
  let count = 0;
  const call = (action, body) => {
    count += 1;
    const id = `${action}-${count}`;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify([2, id, action, body]));
    });
  };
  await call('BootNotification', { chargePointVendor: 'Quay', chargePointModel: 'Measured' });
  return {
    call,
    /** `info` makes one message tell apart from the next. */
    status: (connectorId, status, info = '') =>
      call('StatusNotification', {
        ...{ connectorId, status, errorCode: status === 'Faulted' ? 'GroundFailure' : 'NoError' },
        ...(info !== '' && { info }),
        timestamp: new Date().toISOString(),
      }),
    start: (connectorId, idTag, at = new Date()) =>
      call('StartTransaction', { connectorId, idTag, meterStart: 0, timestamp: at.toISOString() }),
    meter: (connectorId, transactionId, { powerW, energyWh, at = new Date() }) =>
      call('MeterValues', {
        connectorId,
        transactionId,
        meterValue: [
          {
            timestamp: at.toISOString(),
            sampledValue: [
              { value: String(powerW), measurand: 'Power.Active.Import', unit: 'W' },
              { value: String(energyWh), measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
            ],
          },
        ],
      }),
    close: () => socket.terminate(),
  };
}

/** Of numbers in any order, by nearest rank. */
export function figuresOf(all) {
  const sorted = [...all].sort((a, b) => a - b);
  const rank = (share) => Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
  return { n: sorted.length, p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}
