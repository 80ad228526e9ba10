/** The limit to measure against: raw `ws`, JSON.parse, canned answers. No validation, no database, no authentication. */
import { WebSocketServer } from 'ws';

let transactions = 0;
const accepted = { status: 'Accepted' };

function answer(action: unknown): object {
  switch (action) {
    case 'BootNotification':
      return { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
    case 'Heartbeat':
      return { currentTime: new Date().toISOString() };
    case 'Authorize':
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
    const [type, id, action] = JSON.parse(data.toString()) as unknown[]; // as: our own generator's frame
    if (type === 2) ws.send(JSON.stringify([3, id, answer(action)]));
  });
});
server.on('listening', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));
