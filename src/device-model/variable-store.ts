/** Hot SQL for what stations tell of their variables: one statement for all stations of a batch. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import { type AttributeType, variableOfKey } from '../platform/variable-key.ts';
import type { DeviceState, ToldAttribute } from './types.ts';

/** Of one station. One that invents variables without end gets no more rows than this, and a message over. */
export const MOST_ATTRIBUTES = 20_000;
const ATTRIBUTES = {
  Actual: 'actual',
  Target: 'target',
  MinSet: 'min_set',
  MaxSet: 'max_set',
} as const satisfies Record<AttributeType, string>;

const COLUMNS = [
  ['charge_point_id', 'text'],
  ['organization_id', 'text'],
  ['key', 'text'],
  ['component', 'text'],
  ['component_instance', 'text'],
  ['evse_id', 'int4'],
  ['connector_id', 'int4'],
  ['variable', 'text'],
  ['variable_instance', 'text'],
  ['attribute', 'text'],
  ['value', 'text'],
  ['secret', 'bool'],
  ['mutability', 'text'],
  ['persistent', 'bool'],
  ['constant', 'bool'],
  ['data_type', 'text'],
  ['unit', 'text'],
  ['min_limit', 'float8'],
  ['max_limit', 'float8'],
  ['max_elements', 'int4'],
  ['values_list', 'text'],
  ['supports_monitoring', 'bool'],
  ['seen_at', 'timestamptz'],
] as const;
const names = COLUMNS.map(([name]) => name).join(', ');

/** A row that is there may always be told anew; a new one only while there is room. Plan: the primary key, and a count of its range. */
const room = `(SELECT t.id FROM (SELECT DISTINCT unnest($1::text[]) AS id) t
  WHERE (SELECT count(*) FROM (SELECT 1 FROM device_variables x WHERE x.charge_point_id = t.id LIMIT ${MOST_ATTRIBUTES}) few) < ${MOST_ATTRIBUTES})`;
const isThere = 'EXISTS (SELECT FROM device_variables x WHERE x.charge_point_id = v.charge_point_id AND x.key = v.key)';
const MAY = `(v.charge_point_id IN ${room} OR ${isThere})`;
const MOVED = `value = excluded.value, secret = excluded.secret, seen_at = excluded.seen_at, gone_at = NULL,
  previous_value = CASE WHEN d.value <> excluded.value THEN d.value ELSE d.previous_value END,
  changed_at = CASE WHEN d.value <> excluded.value THEN excluded.seen_at ELSE d.changed_at END`;

const SAVE_ATTRIBUTES: Statement = {
  name: 'device_variables_save',
  text: `INSERT INTO device_variables AS d (${names}, first_seen_at)
         SELECT v.*, v.seen_at FROM unnest(${COLUMNS.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')}) AS v(${names}) WHERE ${MAY}
         ON CONFLICT (charge_point_id, key) DO UPDATE SET ${MOVED}, mutability = excluded.mutability, persistent = excluded.persistent,
           constant = excluded.constant, data_type = coalesce(excluded.data_type, d.data_type), unit = coalesce(excluded.unit, d.unit),
           min_limit = coalesce(excluded.min_limit, d.min_limit), max_limit = coalesce(excluded.max_limit, d.max_limit),
           max_elements = coalesce(excluded.max_elements, d.max_elements),
           values_list = coalesce(excluded.values_list, d.values_list),
           supports_monitoring = coalesce(excluded.supports_monitoring, d.supports_monitoring)`,
};
const SAVE_VALUES: Statement = {
  name: 'device_variables_save_values',
  text: `INSERT INTO device_variables AS d (charge_point_id, organization_id, key, component, component_instance, evse_id, connector_id,
           variable, variable_instance, attribute, value, secret, seen_at, first_seen_at)
         SELECT v.*, v.seen_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int4[], $7::int4[],
           $8::text[], $9::text[], $10::text[], $11::text[], $12::bool[], $13::timestamptz[])
           AS v(charge_point_id, organization_id, key, component, component_instance, evse_id, connector_id, variable,
                variable_instance, attribute, value, secret, seen_at) WHERE ${MAY}
         ON CONFLICT (charge_point_id, key) DO UPDATE SET ${MOVED}`,
};
// Plan: the range of the primary key of one station.
const SAVE_GONE: Statement = {
  name: 'device_variables_gone',
  text: `UPDATE device_variables d SET gone_at = v.at FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS v(id, before, at)
          WHERE d.charge_point_id = v.id AND d.seen_at < v.before AND d.gone_at IS NULL`,
};

type Changed = { readonly root: Root; readonly before: DeviceState; readonly after: DeviceState };
type Row = readonly (string | number | boolean | Date | null)[];

/** Of several words about one attribute in one batch the last counts: a row can be written once in a statement. */
export async function saveAttributes(tx: Tx, changed: readonly Changed[]): Promise<void> {
  const rows = new Map<string, Row>();
  for (const { root, after } of changed) {
    for (const { at, attributes } of after.told) {
      for (const each of attributes) {
        const named = namesOf(root, each.key);
        if (named !== undefined) rows.set(`${root.chargePointId} ${each.key}`, [...named, ...saidOf(each), at]);
      }
    }
  }
  await write(tx, SAVE_ATTRIBUTES, [...rows.values()]);
}

export async function saveValues(tx: Tx, changed: readonly Changed[]): Promise<void> {
  const rows = new Map<string, Row>();
  for (const { root, after } of changed) {
    for (const { at, values } of after.told) {
      for (const { key, value } of values) {
        const named = namesOf(root, key);
        if (named !== undefined) rows.set(`${root.chargePointId} ${key}`, [...named, value, false, at]);
      }
    }
  }
  await write(tx, SAVE_VALUES, [...rows.values()]);
}

export async function saveGone(tx: Tx, changed: readonly Changed[]): Promise<void> {
  const whole = changed.flatMap(({ root, before, after }) =>
    after.goneBefore === null || after.goneBefore === before.goneBefore
      ? []
      : [{ id: root.chargePointId, before: after.goneBefore, at: after.model.inventoryAt }],
  );
  if (whole.length === 0) return;
  await tx.rows(SAVE_GONE, [
    whole.map(({ id }) => id),
    whole.map(({ before }) => before),
    whole.map(({ at, before }) => at ?? before),
  ]);
}

function namesOf({ chargePointId, organizationId }: Root, key: string): Row | undefined {
  const name = variableOfKey(key);
  if (name === undefined) return undefined;
  const { component, componentInstance, evseId, connectorId, variable, variableInstance, attribute } = name;
  const place = [evseId, connectorId] as const;
  return [
    chargePointId,
    organizationId,
    key,
    component,
    componentInstance,
    ...place,
    variable,
    variableInstance,
    ATTRIBUTES[attribute],
  ];
}

function saidOf({ value, secret, mutability, persistent, constant, characteristics: is }: ToldAttribute): Row {
  const kept = secret || mutability === 'write_only' ? null : value;
  const about = [
    is?.dataType,
    is?.unit,
    is?.minLimit,
    is?.maxLimit,
    is?.maxElements,
    is?.valuesList,
    is?.supportsMonitoring,
  ];
  return [kept, secret, mutability, persistent, constant, ...about.map((each) => each ?? null)];
}

async function write(tx: Tx, statement: Statement, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  await tx.rows(
    statement,
    first.map((_one, column) => rows.map((row) => row[column])),
  );
}
