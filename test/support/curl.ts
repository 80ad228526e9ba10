/** The curl commands of a document, carried out without a shell or curl: what readers copy from there is what the server answers. */

type Request = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** -o */
  readonly file: string | undefined;
};

/** Of all blocks of shell, in their order. */
export function curlsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => line.trim() !== ''),
  );
}

/** Words as a shell makes them of quotes and variables; a variable that is not given is a fault of the document. */
function wordsOf(command: string, variables: Readonly<Record<string, string>>): string[] {
  const words: string[] = [];
  for (const [word] of command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)) {
    const parts = [...word.matchAll(/'([^']*)'|"([^"]*)"|([^'"]+)/g)].map(([, literal, quoted, bare]) => {
      if (literal !== undefined) return literal;
      return (quoted ?? bare ?? '').replaceAll(/\$(\w+)/g, (_all, name: string) => {
        const value = variables[name];
        if (value === undefined) throw new Error(`${command}: nothing says what $${name} is`);
        return value;
      });
    });
    words.push(parts.join(''));
  }
  return words;
}

export function readCurl(command: string, variables: Readonly<Record<string, string>>): Request {
  const [name, ...words] = wordsOf(command, variables);
  if (name !== 'curl') throw new Error(`${command}: is no curl`);
  const headers: Record<string, string> = {};
  let [method, body, file]: (string | undefined)[] = [];
  let url: string | undefined;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    const value = words[i + 1];
    if (!word.startsWith('-')) {
      url = word;
      continue;
    }
    i += 1;
    if (value === undefined) throw new Error(`${command}: ${word} has no value`);
    if (word === '-H') headers[value.slice(0, value.indexOf(':'))] = value.slice(value.indexOf(':') + 1).trim();
    else if (word === '-X') method = value;
    else if (word === '-d') body = value;
    else if (word === '-o') file = value;
    else throw new Error(`${command}: ${word} is not read here; use -H, -X, -d or -o`);
  }
  if (url === undefined) throw new Error(`${command}: has no address`);
  return { method: method ?? (body === undefined ? 'GET' : 'POST'), url, headers, body, file };
}

export async function runCurl(command: string, variables: Readonly<Record<string, string>>) {
  const { method, url, headers, body } = readCurl(command, variables);
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() };
}
