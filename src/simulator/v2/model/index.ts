/** The device model of a 2.x station: which variables it has, what they hold, and who may change them (2.0.1 B05, B06). */
import { isPayload } from '../../payload.ts';
import type { Station } from '../../settings.ts';
import type { ConnectorSpec, Payload } from '../../types.ts';
import { controllers } from './controllers.ts';
import { hardwareOf } from './hardware.ts';
import { type Component, isTaken, type Variable } from './variable.ts';

export type Entry = {
  readonly component: Omit<Component, 'variables'>;
  readonly variable: Variable;
  /** What it holds now. */
  value(): string;
};
export type Found = Entry | 'UnknownComponent' | 'UnknownVariable';

export type Model = {
  entries(): readonly Entry[];
  find(component: unknown, variable: unknown): Found;
  /** By a short name: OCPPCommCtrlr.HeartbeatInterval, OCPPCommCtrlr.MessageAttempts[TransactionEvent]. */
  read(name: string): string;
  /** Past all rules: what the station itself notes. */
  note(name: string, value: string): void;
  write(entry: Entry, value: string): 'Accepted' | 'Rejected' | 'RebootRequired';
  /** From now on that variable shows what this says. */
  bind(name: string, live: () => string): void;
  /** Called after each written change. */
  onChange(listener: (entry: Entry) => void): void;
};

const instanceOf = (said: Payload): string =>
  typeof said['instance'] === 'string' ? said['instance'].toLowerCase() : '';

/** Names are compared without case (2.0.1 part 2, 4.1: names of components and variables are case insensitive). */
function componentKey({ name, instance, evse }: Omit<Component, 'variables'>): string {
  const place = evse === undefined ? '' : `:${evse.id}${evse.connectorId === undefined ? '' : `.${evse.connectorId}`}`;
  return `${name.toLowerCase()}/${(instance ?? '').toLowerCase()}${place}`;
}
const variableKey = (name: string, instance: string): string => `${name.toLowerCase()}[${instance.toLowerCase()}]`;

export function createModel(options: {
  readonly station: Station;
  readonly specs: readonly ConnectorSpec[];
  readonly more: readonly Component[];
  readonly needsReboot: boolean;
}): Model {
  const components = new Map<string, Map<string, Entry>>();
  const values = new Map<Entry, string>();
  const live = new Map<Entry, () => string>();
  const listeners: ((entry: Entry) => void)[] = [];
  const all: Entry[] = [];

  for (const { variables, ...component } of [
    ...controllers,
    ...options.more,
    ...hardwareOf(options.station, options.specs),
  ]) {
    const key = componentKey(component);
    const own = components.get(key) ?? new Map<string, Entry>();
    components.set(key, own);
    for (const variable of variables) {
      const entry: Entry = { component, variable, value: () => live.get(entry)?.() ?? values.get(entry) ?? '' };
      values.set(entry, variable.value);
      own.set(variableKey(variable.name, variable.instance ?? ''), entry);
      all.push(entry);
    }
  }

  function find(component: unknown, variable: unknown): Found {
    if (!isPayload(component) || !isPayload(variable)) return 'UnknownComponent';
    const { evse } = component;
    const place = isPayload(evse)
      ? {
          evse: {
            id: Number(evse['id']),
            ...(evse['connectorId'] === undefined ? {} : { connectorId: Number(evse['connectorId']) }),
          },
        }
      : {};
    const own = components.get(
      componentKey({ name: String(component['name']), instance: instanceOf(component), ...place }),
    );
    if (own === undefined) return 'UnknownComponent';
    return own.get(variableKey(String(variable['name']), instanceOf(variable))) ?? 'UnknownVariable';
  }

  /** Component[@evse[.connector]].Variable[[instance]] */
  function named(name: string): Entry {
    const parts = /^(\w+)(?:@(\d+)(?:\.(\d+))?)?\.(\w+)(?:\[([^\]]*)\])?$/.exec(name);
    const [, component = '', evse, connector, variable = '', instance = ''] = parts ?? [];
    const place =
      evse === undefined
        ? {}
        : { evse: { id: Number(evse), ...(connector === undefined ? {} : { connectorId: Number(connector) }) } };
    const found = find({ name: component, ...place }, { name: variable, instance });
    if (typeof found === 'string') throw new Error(`the device model has no ${name}`);
    return found;
  }

  return {
    entries: () => all,
    find,
    read: (name) => named(name).value(),
    note: (name, value) => void values.set(named(name), value),
    write(entry, said) {
      const { variable } = entry;
      const value = said.trim();
      if (variable.mutability === 'ReadOnly' || !isTaken(variable, value)) return 'Rejected';
      values.set(entry, value);
      for (const listener of listeners) listener(entry);
      return options.needsReboot || variable.needsReboot === true ? 'RebootRequired' : 'Accepted';
    },
    bind: (name, shown) => void live.set(named(name), shown),
    onChange: (listener) => void listeners.push(listener),
  };
}
