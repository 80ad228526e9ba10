// A real SMTP server (RFC 5321) in a process of its own: takes mails and tells each on a line of its standard output, as JSON.
// The first line is its port. A recipient refuse@… is refused for ever, busy@… at its first try. AUTH PLAIN with user:secret.
// With SMTP_CERT and SMTP_KEY (PEM) the first line also has the ports `tls` (from the first byte), `starttls`, `stripped` (somebody in
// between took the offer away) and `injected` (somebody put words behind the answer). `heard` tells what was said in the clear.
import { createServer } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';

const tried = new Set();
const tell = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);

const { SMTP_CERT: cert, SMTP_KEY: key } = process.env;

/** `way`: plain, tls, starttls, stripped, injected; `secured`: after STARTTLS. */
const serve = (socket, way, secured = false) => {
  socket.setEncoding('utf8');
  const isClear = !secured && way !== 'tls' && way !== 'plain';
  let buffer = '';
  let isData = false;
  let mail = { from: '', to: [], auth: undefined };
  const say = (line) => socket.write(`${line}\r\n`);
  const take = (line) => {
    const [verb = ''] = line.split(' ');
    if (isClear) tell({ heard: verb.toUpperCase(), way });
    switch (verb.toUpperCase()) {
      case 'EHLO':
        if (isClear && way !== 'stripped') return socket.write('250-test\r\n250-STARTTLS\r\n250 8BITMIME\r\n');
        return socket.write('250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n');
      case 'STARTTLS': {
        if (!isClear) return say('503 not again');
        say(way === 'injected' ? '220 go on\r\n250 from in between' : '220 go on');
        socket.removeAllListeners('data');
        const context = createSecureContext({ cert, key });
        return serve(new TLSSocket(socket, { isServer: true, secureContext: context }), way, true);
      }
      case 'AUTH': {
        const [, user, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .split('\0');
        mail.auth = `${user}:${password}`;
        return say(mail.auth === 'user:secret' ? '235 welcome' : '535 who are you');
      }
      case 'MAIL':
        mail = { ...mail, from: line.slice(line.indexOf(':') + 1), to: [] };
        return say('250 go on');
      case 'RCPT': {
        const address = line
          .slice(line.indexOf(':') + 1)
          .replace(/[<>]/g, '')
          .trim();
        if (address.startsWith('refuse@')) return say('550 nobody of that name');
        if (address.startsWith('busy@') && !tried.has(address)) {
          tried.add(address);
          return say('451 come again');
        }
        mail.to.push(address);
        return say('250 known');
      }
      case 'DATA':
        isData = true;
        return say('354 speak');
      case 'QUIT':
        say('221 bye');
        return socket.end();
      default:
        return say(['RSET', 'NOOP'].includes(verb.toUpperCase()) ? '250 ok' : '502 not here');
    }
  };
  socket.on('data', (chunk) => {
    buffer += chunk;
    for (;;) {
      const end = isData ? buffer.indexOf('\r\n.\r\n') : buffer.indexOf('\r\n');
      if (end < 0) return;
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + (isData ? 5 : 2));
      if (isData) {
        isData = false;
        const [head = '', ...body] = text.split('\r\n\r\n');
        const content = body.join('\r\n\r\n').replaceAll('\r\n..', '\r\n.');
        tell({ ...mail, headers: head.split('\r\n'), content });
        say('250 taken');
      } else take(text);
    }
  });
  socket.on('error', () => socket.destroy());
  if (!secured) say('220 test ESMTP');
};

const listening = (server) =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
const ports = { port: await listening(createServer((socket) => serve(socket, 'plain'))) };
if (cert !== undefined) {
  ports.tls = await listening(createTlsServer({ cert, key }, (socket) => serve(socket, 'tls')));
  for (const way of ['starttls', 'stripped', 'injected'])
    ports[way] = await listening(createServer((socket) => serve(socket, way)));
}
tell(ports);
process.on('SIGTERM', () => process.exit(0));
