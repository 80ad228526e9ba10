/** A client of our REST API as an integrator would write it: no code of the server's. */

export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type Rest = {
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: <T>(path: string, body: object) => Promise<T>;
  readonly put: <T>(path: string, body: object) => Promise<T>;
  readonly patch: <T>(path: string, body: object) => Promise<T>;
  readonly remove: (path: string) => Promise<void>;
};

type Failure = { readonly error?: { readonly code?: string; readonly message?: string } };

/** `base` is http://host:port. Waits as long as a 429 says, at most a minute in all. */
export function createRest(options: { readonly base: string; readonly apiKey: string }): Rest {
  async function send(method: string, path: string, body?: object): Promise<unknown> {
    for (let waitedS = 0; ; ) {
      const response = await fetch(`${options.base}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${options.apiKey}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const afterS = Number(response.headers.get('retry-after') ?? 1);
      if (response.status === 429 && waitedS + afterS <= 60) {
        waitedS += afterS;
        await new Promise((resolve) => setTimeout(resolve, afterS * 1000));
        continue;
      }
      if (response.ok) return text === '' ? undefined : JSON.parse(text);
      const { error } = parsed(text);
      throw new RestError(
        response.status,
        error?.code ?? '',
        `${method} ${path}: ${response.status} ${error?.message ?? text}`,
      );
    }
  }
  return {
    get: <T>(path: string) => send('GET', path) as Promise<T>, // as: the caller names what the documentation promises
    post: <T>(path: string, body: object) => send('POST', path, body) as Promise<T>, // as: likewise
    put: <T>(path: string, body: object) => send('PUT', path, body) as Promise<T>, // as: likewise
    patch: <T>(path: string, body: object) => send('PATCH', path, body) as Promise<T>, // as: likewise
    remove: (path) => send('DELETE', path).then(() => undefined),
  };
}

function parsed(text: string): Failure {
  try {
    return JSON.parse(text) as Failure; // as: every field is checked where it is used
  } catch {
    return {}; // no JSON: the text itself is shown
  }
}
