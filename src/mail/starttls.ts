/**
 * STARTTLS (RFC 3207), up to where TLS begins: greeting, EHLO, STARTTLS, in the clear. Done here because the library neither verifies
 * certificates then nor refuses what was sent before. Nothing but EHLO and STARTTLS is ever said in the clear, and a server that does
 * not offer TLS is not talked to: whoever sits in between cannot take TLS away.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';

/** Octets of one reply. */
const MOST_REPLY = 8_192;

type Reply = {
  readonly code: string;
  /** Without the code. */
  readonly lines: readonly string[];
  /** Octets of it, with its last line end. */
  readonly length: number;
};

/** The first reply in what has come; undefined: it is not all there. */
export function replyIn(text: string): Reply | undefined {
  const lines: string[] = [];
  for (let at = 0; ; ) {
    const end = text.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const [, code, sign, words] = /^([2-5][0-9]{2})([ -]?)(.*)$/.exec(text.slice(at, end)) ?? [];
    if (code === undefined || words === undefined) throw new Error('the server does not speak SMTP');
    lines.push(words);
    at = end + 2;
    if (sign !== '-') return { code, lines, length: at };
  }
}

/** A connection on which the server waits for TLS to begin. Rejects in words for an operator. */
export async function startTls(to: {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}): Promise<Socket> {
  const socket = connect({ host: to.host, port: to.port });
  const signal = AbortSignal.timeout(to.timeoutMs);
  let heard = '';
  async function hear(): Promise<Reply> {
    for (;;) {
      const reply = replyIn(heard);
      if (reply !== undefined) {
        heard = heard.slice(reply.length);
        return reply;
      }
      if (heard.length > MOST_REPLY) throw new Error('the server says too much');
      const chunk: unknown = socket.read();
      if (Buffer.isBuffer(chunk)) heard += chunk.toString('latin1');
      else if (socket.readableEnded) throw new Error('the server hung up');
      else await Promise.race([once(socket, 'readable', { signal }), once(socket, 'end', { signal })]);
    }
  }
  async function expect(code: string, what: string): Promise<Reply> {
    const reply = await hear();
    if (reply.code !== code) throw new Error(`the server answered ${what} with ${reply.code} ${reply.lines.join(' ')}`);
    return reply;
  }
  try {
    await expect('220', 'the connection');
    socket.write(`EHLO ${hostname().replace(/[^A-Za-z0-9.-]/g, '') || 'localhost'}\r\n`);
    const offers = await expect('250', 'EHLO');
    if (!offers.lines.some((line) => /^STARTTLS\s*$/i.test(line))) throw new Error('the server offers no STARTTLS');
    socket.write('STARTTLS\r\n');
    await expect('220', 'STARTTLS');
    // What comes in the clear behind the answer would be taken for what was said under TLS.
    const early: unknown = socket.read();
    if (heard !== '' || early !== null) throw new Error('somebody put words into the connection before TLS began');
    return socket;
  } catch (cause) {
    socket.destroy();
    throw signal.aborted ? new Error('the server takes too long') : cause;
  }
}
