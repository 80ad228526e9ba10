/** Compiled validators of one version of OCPP, each compiled when its action is first used. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Protocol } from './contract.ts';
import { type Direction, loadSchemas, type Schema, schemaKey } from './rpc.ts';

export type SchemaFault = {
  readonly keyword: string;
  /** Dotted path; '' is the payload itself. */
  readonly field: string;
  readonly message: string;
};

export type ActionSchema = {
  readonly schema: Schema;
  /** The first fault; undefined: the value satisfies the schema. */
  check(value: unknown): SchemaFault | undefined;
  /** All of them, if the schemas were made for that; else at most the first. */
  faults(value: unknown): SchemaFault[];
};

export type Schemas = {
  has(action: string, direction: Direction): boolean;
  /** Undefined: the version has no such message. */
  of(action: string, direction: Direction): ActionSchema | undefined;
};

/** `thorough`: finds all faults instead of the first. For the requests of people, never for what chargers send. */
export function createSchemas(protocol: Protocol, { thorough = false }: { thorough?: boolean } = {}): Schemas {
  const sources = loadSchemas(protocol);
  const compiler = createCompiler(thorough);
  const compiled = new Map<string, ActionSchema>();
  return {
    has: (action, direction) => sources.has(schemaKey(action, direction)),
    of(action, direction) {
      const key = schemaKey(action, direction);
      const known = compiled.get(key);
      if (known !== undefined) return known;
      const schema = sources.get(key);
      if (schema === undefined) return undefined;
      const made = actionSchema(schema, compiler.compile(schema));
      compiled.set(key, made);
      return made;
    },
  };
}

function actionSchema(schema: Schema, validate: ValidateFunction): ActionSchema {
  return {
    schema,
    check: (value) => (validate(value) ? undefined : describe(validate.errors?.[0])),
    faults: (value) => (validate(value) ? [] : (validate.errors ?? []).map(describe)),
  };
}

function describe(error: ErrorObject | undefined): SchemaFault {
  if (error === undefined) return { keyword: 'type', field: '', message: 'does not satisfy its schema' };
  const field = error.instancePath.slice(1).replaceAll('/', '.');
  const extra =
    error.keyword === 'additionalProperties' ? `: ${String(error.params['additionalProperty']).slice(0, 50)}` : '';
  const words = error.keyword === 'enum' ? `: ${String(error.params['allowedValues']).slice(0, 200)}` : '';
  return { keyword: error.keyword, field, message: `${error.message ?? 'is not valid'}${extra}${words}` };
}

function createCompiler(allErrors: boolean): Ajv {
  // The schemas are OCA's own and not checked against the meta-schema; they hold keywords like javaType.
  // Measured: code that ajv has not tidied up (V8 does) and in which only small definitions are repeated is made three times as fast
  // and checks as fast. It is made when a charger waits for the answer.
  const code = { inlineRefs: 8, code: { optimize: false } };
  const ajv = new Ajv({ strict: false, validateSchema: false, logger: false, allErrors, ...code });
  // Whether an instant is sane is for the adapter to judge (instants.ts): the fast formats only look at the shape.
  addFormats.default(ajv, { mode: 'fast' });
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    // 0.3 is no exact multiple of 0.1 in floating point.
    compile: (step: number) => (value: number) => Math.abs(Math.round(value / step) - value / step) < 1e-6,
    errors: false,
  });
  return ajv;
}
