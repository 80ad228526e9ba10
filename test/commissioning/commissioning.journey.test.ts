/** Chargers of every version are put into operation, or not: simulated stations, the whole server, REST and events. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type Station, type StationOptions } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

type Step = { name: string; status: string; detail: Record<string, unknown> };
type Run = {
  id: string;
  status: string;
  steps: Step[];
  session_id: string | null;
  failure: { step: string; code: string; retryable: boolean; ocpp_response: unknown; message: string } | null;
};

const world = await chargingWorld();
afterEach(() => world.closeChargers());
afterAll(() => world.close());

const SETTINGS = { MeterValueSampleInterval: '2' };
/** Its clock runs as ours: a skewed one would be found out. */
const station = (options: StationOptions = {}) =>
  world.station({
    speed: 1,
    rebootMs: 100,
    carOnRemoteStartMs: 50,
    ...options,
    settings: { ...SETTINGS, ...options.settings },
  });
const begin = (of: Pick<Station, 'id'>, wish: object = {}) =>
  world.api<Run>('POST', `/charge-points/${of.id}/commissioning`, wish);
const current = async (of: Pick<Station, 'id'>): Promise<Run> =>
  (await world.api<Run>('GET', `/charge-points/${of.id}/commissioning`)).body;
const ended = (of: Pick<Station, 'id'>) =>
  until('the run has ended', async () => {
    const run = await current(of);
    return run.status === 'running' ? undefined : run;
  });
const stepsOf = ({ steps }: Run) => steps.map(({ name, status }) => `${name} ${status}`);

const VERSIONS = ['1.6', '2.0.1', '2.1'] as const;
describe.each(VERSIONS)('%s', (version) => {
  test('five steps pass: it is commissioned, and the test session is nobody’s bill', async () => {
    const charger = await station({ version });
    const { status, body } = await begin(charger);
    expect([status, body.status]).toEqual([202, 'running']);
    expect((await begin(charger)).status).toBe(409);
    const run = await ended(charger);
    expect({ status: run.status, failure: run.failure }).toEqual({ status: 'commissioned', failure: null });
    expect(stepsOf(run)).toEqual([
      'connectivity passed',
      'heartbeat passed',
      'configuration skipped',
      'connectors passed',
      'test_transaction passed',
    ]);
    const session = await charger.session();
    expect(session).toMatchObject({ id: run.session_id, status: 'ended', is_test: true, free_of_charge: true });
    expect(
      (await charger.events()).map(({ type }) => type).filter((type) => type.startsWith('commissioning.')),
    ).toEqual(['commissioning.started', 'commissioning.completed']);
  });
});
