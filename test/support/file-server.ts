/** A plain HTTP server for what chargers send and fetch: keeps uploads, serves one firmware file. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FileServer = {
  readonly url: string;
  readonly received: { readonly method: string; readonly path: string; readonly body: string }[];
  close(): Promise<void>;
};

export async function startFileServer(firmware: Buffer): Promise<FileServer> {
  const received: FileServer['received'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '' } = request;
      received.push({ method, path, body: Buffer.concat(chunks).toString() });
      if (path.startsWith('/missing')) response.writeHead(404).end();
      else response.end(method === 'GET' ? firmware : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
