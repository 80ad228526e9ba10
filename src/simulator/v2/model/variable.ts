/** One variable of a component (2.0.1 part 2, B: device model), and short ways to write many of them. Pure. */
export type DataType =
  | 'string'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'dateTime'
  | 'OptionList'
  | 'SequenceList'
  | 'MemberList';
export type Mutability = 'ReadOnly' | 'WriteOnly' | 'ReadWrite';

export type Variable = {
  readonly name: string;
  readonly instance?: string;
  readonly type: DataType;
  readonly mutability: Mutability;
  readonly value: string;
  readonly unit?: string;
  readonly min?: number;
  /** Of a number its greatest value, of a text its length. */
  readonly max?: number;
  /** The words of a list. */
  readonly words?: readonly string[];
  /** Monitors can be set on it. */
  readonly monitored?: boolean;
  readonly constant?: boolean;
  /** A change is only believed after a reboot. */
  readonly needsReboot?: boolean;
};

export type Component = {
  readonly name: string;
  readonly instance?: string;
  readonly evse?: { readonly id: number; readonly connectorId?: number };
  readonly variables: readonly Variable[];
};

type More = Partial<Omit<Variable, 'name' | 'value' | 'type' | 'mutability'>>;
type Make = (name: string, value: string | number | boolean, more?: More) => Variable;
const make =
  (type: DataType, mutability: Mutability): Make =>
  (name, value, more = {}) => ({ name, type, mutability, value: String(value), ...more });

/** Read only. */
export const ro = {
  text: make('string', 'ReadOnly'),
  int: make('integer', 'ReadOnly'),
  decimal: make('decimal', 'ReadOnly'),
  flag: make('boolean', 'ReadOnly'),
  time: make('dateTime', 'ReadOnly'),
  option: make('OptionList', 'ReadOnly'),
  members: make('MemberList', 'ReadOnly'),
};
/** To be written too. */
export const rw = {
  text: make('string', 'ReadWrite'),
  int: make('integer', 'ReadWrite'),
  decimal: make('decimal', 'ReadWrite'),
  flag: make('boolean', 'ReadWrite'),
  option: make('OptionList', 'ReadWrite'),
  members: make('MemberList', 'ReadWrite'),
  sequence: make('SequenceList', 'ReadWrite'),
};
export const secret = make('string', 'WriteOnly');

/** Whether such a value may be written into it (2.0.1 B05.FR.07 and the data types' own rules). */
export function isTaken(variable: Variable, value: string): boolean {
  const { type, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, words } = variable;
  switch (type) {
    case 'integer':
      return /^-?\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max;
    case 'decimal':
      return /^-?\d+(\.\d+)?$/.test(value) && Number(value) >= min && Number(value) <= max;
    case 'boolean':
      return value === 'true' || value === 'false';
    case 'dateTime':
      return !Number.isNaN(Date.parse(value));
    case 'string':
      return value.length >= Math.max(0, min) && value.length <= max;
    case 'OptionList':
      return words === undefined || words.includes(value);
    case 'SequenceList':
    case 'MemberList': {
      const said = value === '' ? [] : value.split(',').map((word) => word.trim());
      if (type === 'MemberList' && new Set(said).size < said.length) return false;
      return words === undefined || said.every((word) => words.includes(word));
    }
  }
}
