/** The keys of chargers as ingest moves them: one statement for all charge points of a batch. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Participant, Root } from '../ingest/contract.ts';
import type { ChargerKeyInput, KeyHash } from '../ingest/inputs.ts';
import { decide, type KeyState, type OfferState } from './key-rotation.ts';
import { namesSlots } from './profile-raise.ts';

const LOAD: Statement = {
  name: 'charger_keys_load',
  text: `SELECT id, greatest(security_profile, next_security_profile) > 0 AS "hasKeys", security_profile AS profile,
                next_security_profile AS "nextProfile", key_hash AS hash, key_salt AS salt, key_kid AS kid, next_key_hash AS "nextHash",
                next_key_salt AS "nextSalt", next_key_kid AS "nextKid", next_key_command_id AS "commandId", next_key_state AS state
           FROM charge_points WHERE id = ANY($1::text[])`,
};
const SAVE: Statement = {
  name: 'charger_keys_save',
  text: `UPDATE charge_points c SET key_hash = v.hash, key_salt = v.salt, key_kid = v.kid, next_key_hash = v.next_hash,
                next_key_salt = v.next_salt, next_key_kid = v.next_kid, next_key_command_id = v.command_id, next_key_state = v.state,
                security_profile = v.profile, next_security_profile = v.next_profile
           FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::text[], $5::bytea[], $6::bytea[], $7::text[], $8::text[], $9::text[],
                       $10::int2[], $11::int2[])
             AS v(id, hash, salt, kid, next_hash, next_salt, next_kid, command_id, state, profile, next_profile)
          WHERE c.id = v.id`,
};
// 2.x B09: what its slots hold. Plan: the partial index of what may still change, by charge point.
const SLOTS: Statement = {
  name: 'charger_keys_slots',
  text: `SELECT charge_point_id AS id, slot, (profile->>'securityProfile')::int4 AS profile FROM network_profiles
          WHERE charge_point_id = ANY($1::text[]) AND status = 'stored' AND profile->>'securityProfile' ~ '^[0-3]$'`,
};

type Row = {
  id: string;
  hasKeys: boolean;
  profile: number;
  nextProfile: number | null;
  hash: Uint8Array | null;
  salt: Uint8Array | null;
  kid: string | null;
  nextHash: Uint8Array | null;
  nextSalt: Uint8Array | null;
  nextKid: string | null;
  commandId: string | null;
  state: OfferState | null;
};

const keyOf = (hash: Uint8Array | null, salt: Uint8Array | null, kid: string | null): KeyHash | null =>
  hash === null || salt === null || kid === null ? null : { hash, salt, kid };

async function load(tx: Tx, inputs: readonly ChargerKeyInput[]): Promise<Map<string, KeyState>> {
  const ordering = inputs.filter(choosesSlots).map(({ chargePointId }) => chargePointId);
  const [rows, held] = await Promise.all([
    tx.rows<Row>(LOAD, [inputs.map(({ chargePointId }) => chargePointId)]),
    ordering.length === 0 ? [] : tx.rows<{ id: string; slot: number; profile: number }>(SLOTS, [ordering]),
  ]);
  return new Map(
    rows.map(({ id, hasKeys, commandId, state, profile, nextProfile, ...row }) => {
      const key = keyOf(row.nextHash, row.nextSalt, row.nextKid);
      const offer = key === null || commandId === null || state === null ? null : { commandId, key, state };
      const slots = new Map(held.filter((each) => each.id === id).map((each) => [each.slot, each.profile]));
      const profiles = { current: profile, next: nextProfile, slots };
      return [id, { hasKeys, current: keyOf(row.hash, row.salt, row.kid), offer, profiles }];
    }),
  );
}

function choosesSlots(input: ChargerKeyInput): boolean {
  if (input.type !== 'command_ended') return false;
  const { learned, mayHold = [] } = input;
  const changes = learned?.about === 'settings_changed' ? learned.changes : [];
  return [...changes, ...mayHold].some(({ key }) => namesSlots(key));
}

const bytes = (value: Uint8Array | undefined): Buffer | null => (value === undefined ? null : Buffer.from(value));

async function save(tx: Tx, changed: readonly { readonly root: Root; readonly after: KeyState }[]): Promise<void> {
  const of = <T>(pick: (state: KeyState) => T): T[] => changed.map(({ after }) => pick(after));
  await tx.rows(SAVE, [
    changed.map(({ root }) => root.chargePointId),
    of(({ current }) => bytes(current?.hash)),
    of(({ current }) => bytes(current?.salt)),
    of(({ current }) => current?.kid ?? null),
    of(({ offer }) => bytes(offer?.key.hash)),
    of(({ offer }) => bytes(offer?.key.salt)),
    of(({ offer }) => offer?.key.kid ?? null),
    of(({ offer }) => offer?.commandId ?? null),
    of(({ offer }) => offer?.state ?? null),
    of(({ profiles }) => profiles.current),
    of(({ profiles }) => profiles.next),
  ]);
}

export const chargerKeys: Participant<KeyState, ChargerKeyInput> = { room: 'charger_keys', load, decide, save };
