/**
 * Sends plain-text e-mails by SMTP (RFC 5321), one connection for some of them. Whatever stands in a mail, it gets one recipient and
 * the headers that are set here: no text becomes a header of its own. Must never log or throw the password.
 */
import { isIP, type Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { SMTPClient } from 'emailjs';
import { startTls } from './starttls.ts';

export type MailerConfig = {
  readonly host: string;
  readonly port: number;
  /** tls: from the first byte; starttls: before anything is said that matters. The server's certificate is verified in both. */
  readonly security: 'tls' | 'starttls' | 'none';
  /** PEM of authorities to be trusted beside the public ones. */
  readonly caPem?: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** An address, or a name and an address. */
  readonly from: string;
};

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same for a mail that is sent again, so that receivers can tell. Letters, digits and . _ - only. */
  readonly id: string;
};

export type Mailer = {
  /** Resolves when the server has taken it; rejects with what went wrong, in words for an operator. */
  send(mail: Mail): Promise<void>;
};

/** Of one answer of the server. */
const TIMEOUT_MS = 20_000;
/** Of all of it: a server that drips must not hold up others. */
const PATIENCE_MS = 60_000;
const MOST_SUBJECT = 200;

/** One line of printable text. */
export const headerText = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, MOST_SUBJECT);

/**
 * Lines as SMTP has them, without what no mail may hold. A line that is a dot alone would end the mail, and what follows would be
 * commands: the library leaves it to us to double dots at the beginning of lines (RFC 5321 §4.5.2).
 */
export const bodyText = (text: string): string =>
  text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('\n')
    .flatMap((line) => line.match(LINE) ?? [''])
    .map((line) => (line.startsWith('.') ? `.${line}` : line))
    .join('\r\n');
/** Octets of a line: 998 at most (RFC 5322 §2.1.1), four for a character at most. */
const LINE = /.{1,240}/gsu;

/** One address and nothing else: what a library would read as two is none. */
const ADDRESS = /^[^\s<>@,;:"()[\]\\\p{Cc}]{1,64}@[A-Za-z0-9.-]{1,190}$/u;

export function createMailer(config: MailerConfig): Mailer {
  const { host, port, security, user, password, from } = config;
  /** Of the library: what tls.connect takes. */
  const tlsOptions = (socket: Socket | undefined) => ({
    rejectUnauthorized: true,
    ...(isIP(host) === 0 && { servername: host }),
    ...(config.caPem !== undefined && { ca: [...rootCertificates, config.caPem] }),
    ...(socket !== undefined && { socket }),
  });
  return {
    async send({ to, subject, text, id }) {
      if (!ADDRESS.test(to)) throw new Error('it goes to what is no address');
      // Loaded when it is first needed: an installation without SMTP never does.
      const { SMTPClient: Client } = await import('emailjs');
      const begun = security === 'starttls' ? await startTls({ host, port, timeoutMs: TIMEOUT_MS }) : undefined;
      const client: SMTPClient = new Client({
        host,
        port,
        timeout: TIMEOUT_MS,
        ssl: security === 'none' ? false : tlsOptions(begun),
        // Its own STARTTLS does not verify certificates, and begins anew without end where a server has none: see starttls.ts.
        tls: false,
        ...(user !== undefined && { user }),
        ...(password !== undefined && { password }),
      });
      if (begun !== undefined) greetWhenSecured(client);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('the server takes too long')), PATIENCE_MS);
      });
      try {
        const sending = client.sendAsync({
          from: headerText(from),
          to: `<${to}>`,
          subject: headerText(subject),
          text: bodyText(text),
          'message-id': `<${id.replace(/[^A-Za-z0-9._-]/g, '')}@${host.replace(/[^A-Za-z0-9.-]/g, '')}>`,
          // RFC 3834: answers of absent people are not wanted.
          'auto-submitted': 'auto-generated',
          'x-auto-response-suppress': 'All',
        });
        await Promise.race([sending, late]);
      } catch (cause) {
        throw new Error(whyOf(cause, password));
      } finally {
        clearTimeout(timer);
        client.smtp.close(true);
      }
    },
  };
}

/** After STARTTLS a server says nothing by itself, and the library waits for a greeting: it hears one when TLS is verified. */
function greetWhenSecured({ smtp }: SMTPClient): void {
  const connect = smtp.connect.bind(smtp);
  smtp.connect = (...given) => {
    connect(...given);
    const { sock } = smtp;
    sock?.once('secureConnect', () => sock.unshift(Buffer.from('220 secured\r\n')));
  };
}

/** What the server or the socket said, without what it was told. */
function whyOf(cause: unknown, password: string | undefined): string {
  const said =
    cause instanceof Error ? [cause.message, previousOf(cause)].filter((part) => part !== '').join(': ') : 'unknown';
  const safe = password === undefined ? said : said.replaceAll(password, '***');
  return headerText(safe);
}

const previousOf = (cause: Error): string =>
  'previous' in cause && cause.previous instanceof Error ? cause.previous.message : '';
