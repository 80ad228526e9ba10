/**
 * One look at a site: what its chargers should be told, written down before it is sent. A process that dies in between loses nothing: what
 * it was about to send counts as sent until it is known that it was not.
 */
import type { Call, FriendlyCommand, Protocol } from '../commands/index.ts';
import type { Database, Tx } from '../database/contract.ts';
import { type EventWriter, type Ingest, PATIENCE_MS, type PreparedWriter } from '../ingest/contract.ts';
import type { ChargingProfile, CommandReply, Input } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { newTraceId } from '../platform/trace.ts';
import { offsetAt } from '../pricing/index.ts';
import { LOAD_PROFILE_ID, profileRowId } from '../smart-charging/index.ts';
import { type KnownMember, membersOf, toldPhases } from './facts.ts';
import { type HeldSite, holdSiteLoad, type SiteRows, type StoredWire, siteRows } from './look-store.ts';
import { addHistory, type LineRow, saveLines, saveLooked } from './looked-store.ts';
import { capAt } from './machine/cap.ts';
import { wireOf } from './machine/units.ts';
import { decide } from './machine.ts';
import { loadChange } from './told.ts';
import type { Meter, Plan, Sending, Wire } from './types.ts';

/** Before now by any charger's clock: a profile that begins in its future would limit nothing until then. */
const BEGAN_MS = 86_400_000;
const TIMEOUT_S = 20;
/** A process that stood still (a frozen machine) sends nothing that the others count as never sent by then (ARRIVES_WITHIN_MS). */
const SENT_WITHIN_MS = 30_000;
const MOST_REMEMBERED = 100;

export type LookNeeds = {
  readonly db: Pick<Database, 'transaction'>;
  readonly submit: Ingest['submit'];
  readonly events: EventWriter;
  readonly translate: (protocol: Protocol, command: FriendlyCommand) => Call | undefined;
  readonly newId: (prefix: 'cmd' | 'ldh') => string;
  /** Where the outcomes are told. */
  readonly nodeId: string;
  readonly clock: Clock;
};
export type Looked = {
  readonly plan: Plan;
  /** Commands that turned out to be in no queue. */
  readonly unqueued: ReadonlySet<string>;
  /** Charge points that answer this process. */
  readonly asked: readonly string[];
};

/** undefined: the site has no load management, or somebody else has looked since `ifDueAt`. */
export async function lookAt(
  needs: LookNeeds,
  siteId: string,
  { ifDueAt, unqueued = new Set() }: { readonly ifDueAt?: Date | undefined; readonly unqueued?: ReadonlySet<string> },
): Promise<Looked | undefined> {
  const decided = await needs.db.transaction(async (tx) => {
    const site = await holdSiteLoad(tx, siteId, ifDueAt);
    if (site === undefined) return undefined;
    return decideAndSave(needs, tx, siteId, site, unqueued);
  });
  if (decided === undefined) return undefined;
  const { plan, inputs, told } = decided;
  told?.committed();
  const replies = await Promise.allSettled(inputs.map((input) => needs.submit(input, { patienceMs: PATIENCE_MS })));
  const missed = inputs.flatMap((input, i) => {
    const reply = replies[i];
    // What was rejected by a deadline may still be committed: then nobody knows, and it counts as sent.
    const isRefused = reply?.status === 'fulfilled' && !(reply.value as CommandReply).queued; // as: what `requested` promises
    return isRefused ? [input.commandId] : [];
  });
  return { plan, unqueued: new Set(missed), asked: inputs.map(({ chargePointId }) => chargePointId) };
}

type Told = Awaited<ReturnType<PreparedWriter['write']>>;
type Asking = Extract<Input, { room: 'commands'; type: 'requested' }>;

async function decideAndSave(
  { events, translate, newId, nodeId, clock }: LookNeeds,
  tx: Tx,
  siteId: string,
  site: HeldSite,
  unqueued: ReadonlySet<string>,
): Promise<{ plan: Plan; inputs: readonly Asking[]; told: Told | undefined }> {
  const rows = await siteRows(tx, siteId, LOAD_PROFILE_ID);
  const { organizationId, settings, prices } = site;
  const at = clock.now();
  const now = at.getTime();
  const members = membersOf(site, rows, now, unqueued);
  const offsetMs = offsetAt(site.timezone, now);
  const cap = capAt({ settings, prices, meter: meterOf(rows), now, offsetMs });
  const plan = decide({ settings, cap, members, now });

  const sendings = new Map(plan.sendings.map((sending) => [sending.id, sending]));
  const inputs: Asking[] = [];
  const lines = members.flatMap((member, i): LineRow[] => {
    const verdict = plan.verdicts[i];
    if (verdict === undefined) return [];
    const sending = sendings.get(member.id);
    const call = sending === undefined ? undefined : callOf(translate, member, sending, now);
    const commandId = newId('cmd');
    if (call !== undefined) {
      const about = {
        chargePointId: member.id,
        receivedAt: at,
        onlyFor: organizationId,
        requestedBy: 'system',
        commandId,
      } as const;
      inputs.push({
        ...about,
        ...{ room: 'commands', type: 'requested', action: call.action, payload: { ...call.payload } },
        ...{ timeoutS: TIMEOUT_S, waitingNode: nodeId, notAfter: new Date(now + SENT_WITHIN_MS) },
        alongside: {
          ...about,
          room: 'smart_charging',
          type: 'requested',
          id: profileRowId(commandId),
          profile: call.profile,
        },
      });
    }
    const line = lineOf(member, call === undefined ? undefined : { ...call.wire, commandId, at: now, doubtful: false });
    const { target, ceiling, reason, shares } = verdict;
    const row: LineRow = { ...line, target, ceiling, reason, shares };
    return isSame(row, member.row) ? [] : [row];
  });
  await saveLines(tx, { organizationId, siteId, now: at }, lines);
  const hasMoved = plan.state !== site.state;
  const looked = {
    ...{ siteId, lookAt: new Date(plan.lookAt), now: at, state: plan.state, cap: cap.amount, capReason: cap.reason },
    ...{ stateSince: hasMoved ? at : (site.stateSince ?? at), ceiling: plan.ceiling },
  };
  await saveLooked(tx, looked);
  if (hasMoved || inputs.length > 0 || cap.reason !== site.capReason) {
    const shares = plan.verdicts.flatMap((verdict) => verdict.shares);
    await addHistory(tx, looked, {
      ...{ id: newId('ldh'), organizationId, unit: settings.unit },
      charging: shares.filter(({ state }) => state === 'charging' || state === 'minimum').length,
      paused: shares.filter(({ state }) => state === 'paused').length,
      offline: plan.verdicts.filter(({ reason }) => reason === 'offline').length,
      sent: plan.sendings.slice(0, MOST_REMEMBERED).map(({ id, amount, why }) => ({ chargePointId: id, amount, why })),
      sentCount: inputs.length,
    });
  }
  const change = loadChange({ siteId, site, cap, plan, at, traceId: newTraceId() });
  const told = change === undefined ? undefined : await events.prepare(tx, [organizationId]).write([change]);
  return { plan, inputs, told };
}

export function meterOf({ meter }: Pick<SiteRows, 'meter'>): Meter | undefined {
  if (meter === undefined) return undefined;
  const { draw, peak, peakAt, receivedAt } = meter;
  return { draw, peak, peakAt: peakAt.getTime(), receivedAt: receivedAt.getTime() };
}

type OwnCall = Call & { readonly profile: ChargingProfile; readonly wire: Wire };

/**
 * A profile of the whole charge point (1.6 §3.13.1 ChargePointMaxProfile, 2.x K01 ChargingStationMaxProfile): it holds beside every other
 * profile, with and without a session, with and without a connection. undefined: its version of OCPP cannot say it.
 */
function callOf(
  translate: LookNeeds['translate'],
  { row, gauge, abilities }: KnownMember,
  { amount }: Sending,
  now: number,
): OwnCall | undefined {
  const wire = wireOf(amount, gauge);
  const phases = toldPhases(gauge);
  const period = { startS: 0, limit: wire.tenths / 10, ...(phases !== undefined && { phases }) };
  const startAt = new Date(now - BEGAN_MS).toISOString();
  const profile: ChargingProfile = {
    ...{ profileId: LOAD_PROFILE_ID, connectorId: 0, purpose: 'charge_point_max', stackLevel: abilities.stackLevel },
    ...{ kind: 'absolute', schedule: { unit: wire.unit, startAt, periods: [period] } },
  };
  if (row.protocol === null) return undefined;
  // Only stations writes the protocol.
  const call = translate(row.protocol as Protocol, { do: 'set_charging_profile', profile });
  return call === undefined ? undefined : { ...call, profile, wire };
}

/** The line as it is settled now, in the words that chargers were told. */
function lineOf(
  { row, line }: KnownMember,
  sent: (StoredWire & { readonly doubtful: boolean }) | undefined,
): Pick<LineRow, 'id' | 'confirmed' | 'inFlight' | 'sentAt' | 'failures' | 'retryAt'> {
  const wires = new Map<string, StoredWire>((row.inFlight ?? []).map((each) => [each.commandId, each]));
  if (row.confirmed !== null) wires.set(row.confirmed.commandId, row.confirmed);
  const stored = <T extends { readonly commandId: string; readonly at: number }>({
    commandId,
    at,
  }: T): StoredWire[] => {
    const wire = wires.get(commandId);
    return wire === undefined ? [] : [{ commandId, unit: wire.unit, tenths: wire.tenths, at }];
  };
  const { confirmed, inFlight, sentAt, failures, retryAt } = line;
  const [held] = confirmed === null ? [] : stored(confirmed);
  return {
    id: row.id,
    confirmed: held === undefined ? null : { ...held, ...(confirmed?.isGone === true && { isGone: true }) },
    inFlight: [
      ...inFlight.flatMap((each) => stored(each).map((wire) => ({ ...wire, doubtful: each.doubtful }))),
      ...(sent === undefined ? [] : [sent]),
    ],
    sentAt: sent !== undefined ? new Date(sent.at) : sentAt === null ? null : new Date(sentAt),
    failures,
    retryAt: retryAt === null ? null : new Date(retryAt),
  };
}

const isSame = (line: LineRow, row: LineRow): boolean => JSON.stringify(essence(line)) === JSON.stringify(essence(row));
const essence = (row: LineRow): unknown => [
  ...[row.confirmed?.commandId, row.confirmed?.isGone],
  row.inFlight?.map(({ commandId, doubtful }) => [commandId, doubtful]),
  ...[row.sentAt?.getTime(), row.failures, row.retryAt?.getTime(), row.target, row.ceiling, row.reason],
  row.shares?.map(({ evseId, state, amount, since }) => [evseId, state, amount, since]),
];
