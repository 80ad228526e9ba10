/**
 * Chargers of every version are put into operation, or not: simulated stations, the whole server, REST and events. All journeys
 * but the last run side by side, as they mostly wait.
 */
import { afterAll, expect, test } from '@jest/globals';
import { chargingWorld, type Station, type StationOptions } from '../support/charging-world.ts';
import { scriptedCharger } from '../support/scripted-charger.ts';
import { scriptedStation } from '../support/scripted-station.ts';
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

/** Which step it failed at and why; or that it did not. */
const outcomeOf = async (of: Pick<Station, 'id'>): Promise<string> => {
  const { status, failure } = await ended(of);
  return failure === null ? status : `${status} ${failure.step} ${failure.code}`;
};
const template = async (values: Record<string, string>): Promise<string> =>
  (await world.api<{ id: string }>('POST', '/configuration-templates', { name: 'T', vendor: 'nobody', values })).body
    .id;

const VERSIONS = ['1.6', '2.0.1', '2.1'] as const;
type Version = (typeof VERSIONS)[number];
const SPEAKS = { '2.0.1': 'ocpp2.0.1', '2.1': 'ocpp2.1' } as const;
/** Kept through a reboot. */
const KEPT = {
  '1.6': 'ConnectionTimeOut',
  '2.0.1': 'TxCtrlr.EVConnectionTimeOut',
  '2.1': 'TxCtrlr.EVConnectionTimeOut',
};
const UNKNOWN = { '1.6': 'Nonsense', '2.0.1': 'NonsenseCtrlr.Nothing', '2.1': 'NonsenseCtrlr.Nothing' };

/** A charger of few words: it accepts everything, but a remote start; it beats when it is asked to, if `beats`. */
async function reluctant(
  version: Version,
  beats: boolean,
  more: Record<string, unknown> = {},
): Promise<{ id: string }> {
  const refusal = { status: 'Rejected' };
  if (version === '1.6') {
    const { id, identity, key } = await world.app.chargePoint(more);
    const charger = await scriptedCharger({ ocppUrl: world.app.ocppUrl, identity, key }, (action, payload) => {
      if (payload['requestedMessage'] === 'Heartbeat' && beats) void charger.call('Heartbeat', {}); // its answer matters to nobody
      return action === 'RemoteStartTransaction' ? refusal : { status: 'Accepted' };
    });
    scripted.push(charger);
    const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' };
    await charger.call('StatusNotification', status);
    return { id };
  }
  const charger = await scriptedStation(world.app, {
    protocol: SPEAKS[version],
    chargePoint: { ...more },
    evses: [1],
    answers: {
      RequestStartTransaction: refusal,
      TriggerMessage({ requestedMessage }) {
        if (requestedMessage === 'Heartbeat' && beats) void charger.tell('Heartbeat', {}); // its answer matters to nobody
        return { status: 'Accepted' };
      },
    },
  });
  scripted.push(charger);
  return charger;
}
const scripted: { close(): Promise<void> }[] = [];
afterAll(async () => {
  await Promise.all(scripted.map((each) => each.close()));
});

test.concurrent.each(VERSIONS)(
  '%s: five steps pass: it is commissioned, and nobody pays for the test session',
  async (version) => {
    const [plain, rebooted] = await Promise.all([station({ version }), station({ version, misbehave: ['B10'] })]);
    const { status, body } = await begin(plain);
    expect([status, body.status]).toEqual([202, 'running']);
    expect((await begin(plain)).status).toBe(409);
    expect((await world.api('GET', `/charge-points/${plain.id}`)).body).toMatchObject({ lifecycle: 'commissioning' });
    const template_id = await template({ [KEPT[version]]: '77' });
    expect((await begin(rebooted, { template_id, connectors: [{ connector_id: 1 }] })).status).toBe(202);

    const run = await ended(plain);
    expect({ status: run.status, failure: run.failure }).toEqual({ status: 'commissioned', failure: null });
    expect(stepsOf(run)).toEqual([
      'connectivity passed',
      'heartbeat passed',
      'configuration skipped',
      'connectors passed',
      'test_transaction passed',
    ]);
    const session = await plain.session();
    expect(session).toMatchObject({ id: run.session_id, status: 'ended', is_test: true, free_of_charge: true });
    const events = (await plain.events()).filter(({ type }) => /^(commissioning|session)\./.test(type));
    expect(events.map(({ type }) => type)).toEqual([
      'commissioning.started',
      'session.started',
      'session.ended',
      'session.cost_updated',
      'commissioning.completed',
    ]);
    for (const { data } of events.slice(1, 4)) expect(data).toMatchObject({ is_test: true });
    expect(events[3]?.data).toMatchObject({ total: '0.00', is_final: true });
    expect((await world.api('GET', `/charge-points/${plain.id}`)).body).toMatchObject({ lifecycle: 'commissioned' });

    // The token of the run is nobody's, and good for nothing afterwards.
    expect(await plain.charger.authorize(session.token ?? '')).not.toBe('Accepted');
    const { body: strangers } = await world.api<{ data: { uid: string }[] }>('GET', '/unknown-tokens');
    expect(strangers.data.map(({ uid }) => uid)).not.toContain(session.token);

    // A setting that takes a reboot: reset, away, back, and in force.
    const after = await ended(rebooted);
    expect({ status: after.status, failure: after.failure }).toEqual({ status: 'commissioned', failure: null });
    const configuration = after.steps.find(({ name }) => name === 'configuration');
    expect(configuration).toMatchObject({
      status: 'passed',
      detail: {
        settings: [{ result: 'reboot_required' }],
        rebooted: true,
        settings_after_reboot: [{ result: 'unchanged', read_back: '77' }],
      },
    });
    expect(rebooted.asked('Reset')).toHaveLength(1);
  },
);

test.concurrent.each(VERSIONS)('%s: whatever goes wrong has its own code, and is told once', async (version) => {
  const wish = { step_timeout_s: 4 };
  const [other, faulted, unknown, nobody, mute, reluctantOne, silent] = await Promise.all([
    station({ version, chargePoint: { serial_number: 'ANOTHER' } }),
    station({ version }),
    station({ version }),
    station({ version, carOnRemoteStartMs: false }),
    station({ version, misbehave: ['T5'], chargePoint: { heartbeat_interval_s: 10 } }),
    reluctant(version, true),
    reluctant(version, false, { heartbeat_interval_s: 10 }),
  ]);
  faulted.charger.fault(1, 'GroundFailure');
  await until('the fault is known', async () => (await faulted.connector())?.status === 'faulted');
  const template_id = await template({ [UNKNOWN[version]]: '1' });
  await Promise.all([
    begin(other, wish),
    begin(faulted, wish),
    begin(unknown, { template_id }),
    begin(nobody, wish),
    begin(mute, { ...wish, template_id }),
    begin(reluctantOne, { step_timeout_s: 60 }),
    begin(silent, wish),
  ]);
  const all = [other, faulted, unknown, nobody, mute, reluctantOne, silent];
  expect(await Promise.all(all.map(outcomeOf))).toEqual([
    'failed connectivity wrong_serial_number',
    'failed connectors connector_faulted',
    'failed configuration setting_not_supported',
    'failed test_transaction no_session_started',
    'failed configuration configuration_failed',
    'failed test_transaction remote_start_rejected',
    'failed heartbeat no_heartbeat',
  ]);
  expect((await current(reluctantOne)).failure).toMatchObject({
    retryable: true,
    ocpp_response: { status: 'Rejected' },
  });
  for (const { id } of all) {
    const told = await world.app.db.prisma.domainEvent.findMany({
      where: { chargePointId: id, type: { startsWith: 'commissioning.' } },
      orderBy: { sequence: 'asc' },
    });
    expect(told.map(({ type }) => type)).toEqual(['commissioning.started', 'commissioning.failed']);
  }
  expect((await world.api('GET', `/charge-points/${other.id}`)).body).toMatchObject({ lifecycle: 'registered' });
});

test.concurrent.each(VERSIONS)(
  '%s: the charger goes away, reboots, or the run is cancelled while the test session runs',
  async (version) => {
    const [away, reboots, cancelled] = await Promise.all([
      station({ version }),
      station({ version, settings: { MeterValueSampleInterval: '60' } }),
      station({ version, settings: { MeterValueSampleInterval: '60' } }),
    ]);
    const all = [away, reboots, cancelled];
    await Promise.all(all.map((each) => begin(each)));
    await Promise.all(all.map((each) => each.session()));
    away.charger.goOffline('abruptly');
    reboots.charger.reboot('PowerLoss');
    const cancel = () => world.api<Run>('POST', `/charge-points/${cancelled.id}/commissioning/cancel`, {});
    expect(await cancel()).toMatchObject({
      status: 200,
      body: { status: 'cancelled', failure: { code: 'cancelled' } },
    });
    expect((await cancel()).status).toBe(409);
    expect(await cancelled.session(({ status }) => status === 'ended')).toMatchObject({ stop_reason: 'Remote' });
    expect((await cancelled.events('commissioning.failed')).map(({ data }) => data['code'])).toEqual(['cancelled']);
    away.charger.goOnline();
    expect(await Promise.all([away, reboots].map(outcomeOf))).toEqual([
      'commissioned',
      'failed test_transaction session_ended_early',
    ]);
  },
);

test.concurrent('without a charger: its time is up, or the run’s deadline; who wants a template that there is not is told so', async () => {
  const [never, late] = await Promise.all([world.app.chargePoint(), world.app.chargePoint()]);
  await begin(never, { step_timeout_s: 1 });
  await begin(late, { deadline_s: 1 });
  expect(await Promise.all([never, late].map(outcomeOf))).toEqual([
    'failed connectivity not_connected',
    'failed connectivity deadline_exceeded',
  ]);
  const wrong = await begin(never, { template_id: 'cft_01KAT3Z6Y8Q0000000000000AA' });
  expect([wrong.status, (await begin(never, { connectors: [{}] })).status]).toEqual([400, 400]);
  const list = await world.api<{ data: Run[] }>('GET', `/commissioning-runs?status=failed&charge_point_id=${never.id}`);
  expect(list.body.data.map(({ status }) => status)).toEqual(['failed']);
});

test.concurrent('its report says what was tried and why it failed, as JSON and as PDF; totals do not know its session', async () => {
  const charger = await station({ chargePoint: { name: 'North 1' }, settings: { MeterValueSampleInterval: '1' } });
  await begin(charger);
  const run = await ended(charger);
  const { body } = await world.api('GET', `/commissioning-runs/${run.id}/report`);
  expect(body).toMatchObject({
    number: run.id,
    result: 'commissioned',
    charge_point: { identity: charger.identity, name: 'North 1', protocol: 'ocpp1.6' },
    run: { steps: run.steps.map(({ name, status }) => ({ name, status })) },
  });
  const pdf = await fetch(`${world.app.url}/api/v1/commissioning-runs/${run.id}/report.pdf`, {
    headers: { Authorization: `Bearer ${world.app.apiKey}` },
  });
  expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  expect(
    Buffer.from(await pdf.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
  const span = 'from=2020-01-01T00:00:00Z&to=2040-01-01T00:00:00Z';
  const exported = await fetch(
    `${world.app.url}/api/v1/exports/sessions?format=jsonl&${span}&charge_point_id=${charger.id}`,
    { headers: { Authorization: `Bearer ${world.app.apiKey}` } },
  );
  expect([exported.status, await exported.text()]).toEqual([200, '']);
  expect(await charger.sessions()).toHaveLength(1);
});

test.concurrent('decommissioned it is refused, until it is commissioned again', async () => {
  const charger = await station();
  const out = () => world.api('POST', `/charge-points/${charger.id}/decommission`, {});
  const closed = charger.charger.next('disconnected', { timeoutMs: 30_000 });
  expect((await out()).body).toEqual({ charge_point_id: charger.id, lifecycle: 'decommissioned' });
  await closed;
  await charger.charger.next('refused', { timeoutMs: 30_000 });
  charger.charger.goOffline();
  await begin(charger, { skip_test_transaction: true });
  charger.charger.goOnline();
  expect((await out()).status).toBe(409);
  const run = await ended(charger);
  expect([run.status, run.steps.at(-1)?.status]).toEqual(['commissioned', 'skipped']);
});

test('where the organization wants it, who was never commissioned waits, and is let in by a run', async () => {
  const policy = (uncommissioned: string) => world.api('PATCH', '/organization', { uncommissioned });
  await policy('pending');
  try {
    const all = await Promise.all((['1.6', '2.1'] as const).map((version) => station({ version, boots: false })));
    for (const each of all) each.charger.start();
    await Promise.all(
      all.map(async (each) => {
        await until('it is told to wait', async () => (await each.chargePoint()).boot_status === 'pending');
        await begin(each);
        const run = await ended(each);
        expect({ status: run.status, failure: run.failure }).toEqual({ status: 'commissioned', failure: null });
        expect(await each.chargePoint()).toMatchObject({ boot_status: 'accepted' });
      }),
    );
  } finally {
    await policy('accepted');
  }
});
