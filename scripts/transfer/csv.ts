/** CSV as others write it (RFC 4180; commas, semicolons or tabs; with or without a BOM), row by row with the line it begins on. What is held is bounded. */

/** Of one row, and of all its fields together. */
const MOST_FIELDS = 500;
const MOST_CHARACTERS = 1_000_000;

export class CsvError extends Error {
  override readonly name = 'CsvError';
}

export type Row = { readonly line: number; readonly values: Readonly<Record<string, string>> };
type Raw = { readonly line: number; readonly fields: readonly string[] };

/** The first piece holds the whole first line, without a BOM. */
async function* headFirst(source: AsyncIterable<string>): AsyncGenerator<string> {
  let head: string | undefined = '';
  for await (const chunk of source) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head += chunk;
    if (!/[\r\n]/.test(head) && head.length < MOST_CHARACTERS) continue;
    yield head.replace(/^\uFEFF/, '');
    head = undefined;
  }
  if (head !== undefined) yield head.replace(/^\uFEFF/, '');
}

/** Of the first line: whichever stands in it most often. */
function separatorOf(text: string): string {
  const [head = ''] = text.split(/[\r\n]/, 1);
  return [',', ';', '\t'].reduce((best, each) => (head.split(each).length > head.split(best).length ? each : best));
}

async function* rawRows(source: AsyncIterable<string>): AsyncGenerator<Raw> {
  let fields: string[] = [];
  let field = '';
  let at: 'start' | 'plain' | 'quoted' | 'quote' = 'start';
  let line = 1;
  let begins = 1;
  let separator: string | undefined;
  let size = 0;
  const fail = (why: string): never => {
    throw new CsvError(`line ${line}: ${why}`);
  };
  const endField = (): void => {
    fields.push(field);
    field = '';
    at = 'start';
    if (fields.length > MOST_FIELDS) fail(`more than ${MOST_FIELDS} fields`);
  };
  const endRow = (): Raw | undefined => {
    endField();
    const row = { line: begins, fields };
    fields = [];
    size = 0;
    return row.fields.length === 1 && row.fields[0] === '' ? undefined : row;
  };
  let wasReturn = false;
  for await (const text of headFirst(source)) {
    separator ??= separatorOf(text);
    for (const character of text) {
      const isBreak = character === '\n' || character === '\r';
      const isSecond = character === '\n' && wasReturn;
      wasReturn = character === '\r';
      if (at === 'quoted') {
        if (character === '"') at = 'quote';
        else field += character;
        if (character === '\n' || character === '\r') line += isSecond ? 0 : 1;
      } else if (isSecond) {
        // the second half of CRLF: its row has ended
      } else if (isBreak) {
        const row = endRow();
        line += 1;
        begins = line;
        if (row !== undefined) yield row;
      } else if (character === separator) endField();
      else if (at === 'quote') {
        if (character !== '"') fail('something follows a closing quotation mark');
        field += '"';
        at = 'quoted';
      } else if (character === '"' && at === 'start') at = 'quoted';
      else {
        field += character;
        at = 'plain';
      }
      size += 1;
      if (size > MOST_CHARACTERS)
        fail(`a row of more than ${MOST_CHARACTERS} characters; is a quotation mark never closed?`);
    }
  }
  if (at === 'quoted') fail(`the quotation mark of line ${begins} is never closed`);
  const last = endRow();
  if (last !== undefined) yield last;
}

/** By the names of the first row. Throws CsvError. */
export async function* rowsOf(source: AsyncIterable<string>): AsyncGenerator<Row> {
  let names: readonly string[] | undefined;
  for await (const { line, fields } of rawRows(source)) {
    if (names === undefined) {
      names = fields.map((name) => name.trim());
      const twice = names.find((name, i) => names?.indexOf(name) !== i);
      if (twice !== undefined) throw new CsvError(`line ${line}: two columns are called ${JSON.stringify(twice)}`);
      continue;
    }
    if (fields.length !== names.length)
      throw new CsvError(`line ${line}: ${fields.length} fields, the first line has ${names.length}`);
    yield { line, values: Object.fromEntries(names.map((name, i) => [name, fields[i] ?? ''])) };
  }
  if (names === undefined) throw new CsvError('line 1: there is no line with the names of the columns');
}
