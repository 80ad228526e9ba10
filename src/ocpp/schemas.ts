/** Compiled validators of one version of OCPP, each compiled when its action is first used. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Protocol } from './contract.ts';
import { type Direction, loadSchemas, type Schema, schemaKey } from './rpc.ts';

export type SchemaFault = { readonly keyword: string; readonly message: string };

export type ActionSchema = {
  readonly schema: Schema;
  /** Undefined: the value satisfies the schema. */
  check(value: unknown): SchemaFault | undefined;
};

export type Schemas = {
  /** Undefined: the version has no such message. */
  of(action: string, direction: Direction): ActionSchema | undefined;
};

export function createSchemas(protocol: Protocol): Schemas {
  const sources = loadSchemas(protocol);
  const compiler = createCompiler();
  const compiled = new Map<string, ActionSchema>();
  return {
    of(action, direction) {
      const key = schemaKey(action, direction);
      const known = compiled.get(key);
      if (known !== undefined) return known;
      const schema = sources.get(key);
      if (schema === undefined) return undefined;
      const made = { schema, check: checkerOf(compiler.compile(schema)) };
      compiled.set(key, made);
      return made;
    },
  };
}

function checkerOf(validate: ValidateFunction): ActionSchema['check'] {
  return (value) => {
    if (validate(value)) return undefined;
    const [first] = validate.errors ?? [];
    return { keyword: first?.keyword ?? 'type', message: describe(first) };
  };
}

function describe(error: ErrorObject | undefined): string {
  if (error === undefined) return 'does not satisfy its schema';
  const where = error.instancePath === '' ? 'payload' : error.instancePath.slice(1).replaceAll('/', '.');
  const what = error.keyword === 'additionalProperties' ? `: ${String(error.params['additionalProperty']).slice(0, 50)}` : '';
  return `${where} ${error.message ?? ''}${what}`.slice(0, 250);
}

function createCompiler(): Ajv {
  // The schemas are OCA's own and not checked against the meta-schema; they hold keywords like javaType.
  const ajv = new Ajv({ strict: false, validateSchema: false, logger: false });
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
