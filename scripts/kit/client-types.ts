/**
 * The types of the REST API, from its OpenAPI document: `npm run client:types`. Kept in src/client/schema.ts, for the console and for programs of
 * others; test/http/openapi.test.ts compares it with the document of today. (openapi-typescript needs TypeScript 5.)
 */

export type Schema = {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly prefixItems?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
};
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Schema };
type Answer = { readonly $ref?: string; readonly content?: Content };
type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
};
export type ApiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Answer>>;
  };
};

const lastOf = (ref: string): string => ref.split('/').at(-1) ?? '';
const quoted = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`);

/** A JSON schema as a type. */
function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return `Schemas['${lastOf(schema.$ref)}']`;
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map(literal));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return union(choices.map(typeOf));
  if (schema.allOf !== undefined) return schema.allOf.map((each) => `(${typeOf(each)})`).join(' & ');
  if (typeof schema.type === 'object') return union(schema.type.map((type) => typeOf({ ...schema, type })));
  switch (schema.type ?? '') {
    case 'object':
      return objectOf(schema);
    case 'array':
      if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(typeOf).join(', ')}]`;
      return `(${typeOf(schema.items ?? {})})[]`;
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type ?? 'unknown';
    case 'integer':
    case 'number':
      return 'number';
    default:
      return 'unknown';
  }
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value);
const union = (types: readonly string[]): string => [...new Set(types)].join(' | ');

function objectOf({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${quoted(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  if (fields.length > 0) return `{ ${fields.join('; ')} }`;
  const others = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown';
  return `Record<string, ${others}>`;
}

function parametersOf(parameters: readonly Parameter[] = []): string {
  const places = ['query', 'path', 'header'].map((place) => {
    const mine = parameters.filter((each) => each.in === place);
    if (mine.length === 0) return `${place}?: never`;
    const isNeeded = mine.some((each) => each.required);
    const fields = mine.map(({ name, required, schema }) => `${quoted(name)}${required ? '' : '?'}: ${typeOf(schema)}`);
    return `${place}${isNeeded ? '' : '?'}: { ${fields.join('; ')} }`;
  });
  return `{ ${places.join('; ')}; cookie?: never }`;
}

function contentOf(content: Content = {}): string {
  const types = Object.entries(content).map(
    ([type, { schema }]) => `'${type}': ${schema ? typeOf(schema) : 'unknown'}`,
  );
  return types.length === 0 ? 'never' : `{ ${types.join('; ')} }`;
}

function operationOf(
  { parameters, requestBody, responses }: Operation,
  shared: Readonly<Record<string, Answer>>,
): string {
  const answers = Object.entries(responses).map(([status, answer]) => {
    const { content } = answer.$ref === undefined ? answer : (shared[lastOf(answer.$ref)] ?? {});
    const name = content === undefined ? 'content?' : 'content';
    return `${/^\d+$/.test(status) ? status : quoted(status)}: { headers: Record<string, unknown>; ${name}: ${contentOf(content)} }`;
  });
  const body =
    requestBody === undefined
      ? 'requestBody?: never'
      : `requestBody${requestBody.required ? '' : '?'}: { content: ${contentOf(requestBody.content)} }`;
  return `{\n    parameters: ${parametersOf(parameters)};\n    ${body};\n    responses: {\n      ${answers.join(';\n      ')};\n    };\n  }`;
}

/** Every schema that a text names, and what those name. */
function schemasIn(text: string, schemas: Readonly<Record<string, Schema>>): [string, string][] {
  const found = new Map<string, string>();
  const waiting = [text];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [, name = ''] of next.matchAll(/Schemas\['(\w+)'\]/g)) {
      if (found.has(name)) continue;
      const type = typeOf(schemas[name] ?? {});
      found.set(name, type);
      waiting.push(type);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The text of src/client/schema.ts. Refusals are alike everywhere: they stand once in each operation, as its default. */
export function clientTypes({ paths, components }: ApiDocument): string {
  const used = Object.entries(paths)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, operations]) => {
      const methods = Object.entries(operations).map(([method, each]) => {
        const answers = Object.entries(each.responses).filter(([status]) => !/^[45]/.test(status));
        return `  ${method}: ${operationOf({ ...each, responses: Object.fromEntries(answers) }, components.responses)};`;
      });
      return `  '${path}': {\n${methods.join('\n')}\n  };`;
    });
  const body = `export type paths = {\n${used.join('\n')}\n};\n`;
  const named = schemasIn(body, components.schemas).map(([name, type]) => `  ${name}: ${type};`);
  return `// Made by npm run client:types from the OpenAPI document. Not to be changed by hand.\n/* biome-ignore-all format: generated */\n\nexport type Schemas = {\n${named.join('\n')}\n};\n\n${body}`;
}
