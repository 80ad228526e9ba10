/** The limit to measure against: raw `ws`, JSON.parse, canned answers. No validation, no database, no authentication. */
import { WebSocketServer } from 'ws';

let transactions = 0;
const accepted = { status: 'Accepted' };
const accepted2 = { idTokenInfo: accepted };

/** 2.x names its token by an object. */
function answer(action: unknown, payload: Record<string, unknown>): object {
  switch (action) {
    case 'BootNotification':
      return { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
    case 'Heartbeat':
      return { currentTime: new Date().toISOString() };
    case 'TransactionEvent':
      return payload['idToken'] === undefined ? {} : accepted2;
    case 'Authorize':
      return payload['idToken'] === undefined ? { idTagInfo: accepted } : accepted2;
    case 'StopTransaction':
      return { idTagInfo: accepted };
    case 'StartTransaction':
      return { transactionId: ++transactions, idTagInfo: accepted };
    default:
      return {};
  }
}

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  backlog: 4096,
  perMessageDeflate: false,
  clientTracking: false,
});
server.on('connection', (ws) => {
  ws.on('error', () => undefined); // the generator cut its line
  ws.on('message', (data: Buffer) => {
    // as: our own generator's frame
    const [type, id, action, payload] = JSON.parse(data.toString()) as [
      number,
      string,
      string,
      Record<string, unknown>,
    ];
    if (type === 2) ws.send(JSON.stringify([3, id, answer(action, payload)]));
  });
});
server.on('listening', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));
