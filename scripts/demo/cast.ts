/** What the demo registers over REST before it plays, and takes away afterwards. */
import type { ConnectorSpec } from '../../src/simulator/index.ts';
import { type Rest, RestError } from '../kit/rest.ts';
import { CannotPlay } from './installation.ts';

export type Part = {
  readonly name: 'plug' | 'outage' | 'remote' | 'newer';
  /** Which OCPP it speaks. */
  readonly version: string;
  readonly identity: string;
  readonly chargePointId: string;
  readonly key: string;
  readonly token: string;
  readonly connectors: readonly ConnectorSpec[];
  readonly car: { readonly batteryWh: number; readonly socPercent: number; readonly maxPowerW: number };
};
export type Cast = { readonly parts: readonly Part[]; readonly endpointId: string; dismiss(): Promise<void> };

const ac = (maxPowerW: number, registerWh: number): ConnectorSpec => ({
  current: 'AC',
  phases: 3,
  maxPowerW,
  registerWh,
});
const dc = (maxPowerW: number, registerWh: number): ConnectorSpec => ({
  current: 'DC',
  phases: 3,
  maxPowerW,
  registerWh,
});

const PARTS = [
  {
    name: 'plug',
    version: '1.6',
    label: 'Garage, wallbox 11 kW',
    connectors: [ac(11_000, 1_204_330)],
    car: { batteryWh: 52_000, socPercent: 34, maxPowerW: 11_000 },
  },
  {
    name: 'outage',
    version: '1.6',
    label: 'Yard, double 22 kW',
    connectors: [ac(22_000, 887_120), ac(22_000, 640_002)],
    car: { batteryWh: 77_000, socPercent: 51, maxPowerW: 22_000 },
  },
  {
    name: 'remote',
    version: '1.6',
    label: 'Motorway, 150 kW',
    connectors: [dc(150_000, 9_330_871)],
    car: { batteryWh: 84_000, socPercent: 18, maxPowerW: 140_000 },
  },
  {
    name: 'newer',
    version: '2.0.1',
    label: 'Office, 22 kW, OCPP 2.0.1',
    connectors: [ac(22_000, 310_440)],
    car: { batteryWh: 60_000, socPercent: 42, maxPowerW: 22_000 },
  },
] as const;

/** A story that broke off leaves sessions behind, and a charge point with one of those cannot be deleted. */
async function closeSessions(rest: Rest, chargePointId: string): Promise<void> {
  const running = 'active,suspended_ev,suspended_evse';
  const { data } = await rest.get<{ data: { id: string }[] }>(
    `/sessions?charge_point_id=${chargePointId}&status=${running}`,
  );
  for (const { id } of data) await rest.post(`/sessions/${id}/close`, {});
}

/** Everything carries the run's tag, so that many runs may share a server. */
export async function engageCast(options: {
  readonly rest: Rest;
  readonly tag: string;
  readonly receiverUrl: string;
  readonly secret: string;
  readonly caFile: string;
}): Promise<Cast> {
  const { rest, tag, receiverUrl, secret, caFile } = options;
  const made: string[] = [];
  const dismiss = async () => {
    for (const path of made.splice(0).reverse()) {
      if (path.startsWith('/charge-points/')) await closeSessions(rest, path.slice('/charge-points/'.length));
      await rest.remove(path).catch((cause: unknown) => {
        if (!(cause instanceof RestError && cause.status === 404)) throw cause; // gone already is as good
      });
    }
  };
  const create = async <T extends { readonly id: string }>(path: string, body: object): Promise<T> => {
    const created = await rest.post<T>(path, body);
    made.push(`${path}/${created.id}`);
    return created;
  };
  try {
    const endpoint = await create('/webhooks/endpoints', {
      url: receiverUrl,
      events: ['*'],
      secret,
      description: `demo ${tag}`,
    });
    const parts: Part[] = [];
    for (const { name, version, label, connectors, car } of PARTS) {
      const identity = `DEMO-${tag}-${name.toUpperCase()}`;
      const token = `${tag}${name.toUpperCase()}`;
      await create('/tokens', { uid: token });
      const { id, key } = await create<{ id: string; key: string }>('/charge-points', {
        identity,
        name: label,
        vendor: 'Dynamo',
        heartbeat_interval_s: 60,
      });
      parts.push({ name, version, identity, chargePointId: id, key, token, connectors, car });
    }
    return { parts, endpointId: endpoint.id, dismiss };
  } catch (cause) {
    await dismiss();
    if (cause instanceof RestError && cause.status === 401)
      throw new CannotPlay('The server does not know this API key.');
    if (cause instanceof RestError && cause.status === 400 && /url|endpoint/i.test(cause.message)) {
      throw new CannotPlay(`${cause.message}\n${whatToSet(caFile)}`);
    }
    throw cause;
  }
}

export const whatToSet = (caFile: string): string =>
  `A server that shall deliver to this machine needs:\n  WEBHOOK_ALLOW_SUBNETS=127.0.0.0/8\n  WEBHOOK_CA_FILE=${caFile}`;
