/**
 * The types of what the console asks of the REST API, from the OpenAPI document: `npm run console:types`. Kept in
 * src/console/api/schema.ts, which test/http/openapi.test.ts compares with the document of today. (openapi-typescript needs
 * TypeScript 5.)
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** The text of src/client/schema.ts: all paths. Refusals are alike everywhere: they stand once in each operation. */
export const clientTypes = (document: ApiDocument): string =>
  consoleTypes(
    {
      ...document,
      paths: Object.fromEntries(
        Object.entries(document.paths).map(([path, operations]) => [
          path,
          Object.fromEntries(
            Object.entries(operations).map(([method, operation]) => [
              method,
              {
                ...operation,
                responses: Object.fromEntries(
                  Object.entries(operation.responses).filter(([status]) => !/^[45]/.test(status)),
                ),
              },
            ]),
          ),
        ]),
      ),
    },
    Object.keys(document.paths),
  );

/** The text of src/console/api/schema.ts, of the paths that are given. */
export function consoleTypes(document: ApiDocument, paths: readonly string[]): string {
  const shared = document.components.responses;
  const used = [...new Set(paths)].sort().map((path) => {
    const operations = document.paths[path];
    if (operations === undefined) throw new Error(`the console asks for ${path}, which the API does not have`);
    const methods = Object.entries(operations).map(([method, each]) => `  ${method}: ${operationOf(each, shared)};`);
    return `  '${path}': {\n${methods.join('\n')}\n  };`;
  });
  const body = `export type paths = {\n${used.join('\n')}\n};\n`;
  const named = schemasIn(body, document.components.schemas).map(([name, type]) => `  ${name}: ${type};`);
  const schemas = named.length === 0 ? '{}' : `{\n${named.join('\n')}\n}`;
  return `// Made by npm run console:types from the OpenAPI document. Not to be changed by hand.\n/* biome-ignore-all format: generated */\n\nexport type Schemas = ${schemas};\n\n${body}`;
}

/** The paths of the API that stand in the sources of the console. */
export function pathsOfConsole(folder: string): string[] {
  const sources = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && entry.name !== 'schema.ts',
  );
  const texts = sources.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  return [...new Set(texts.flatMap((text) => text.match(/(?<=')\/api\/v1\/[\w{}/-]+(?=')/g) ?? []))].sort();
}
