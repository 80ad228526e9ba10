/** The file in a request's body: the body itself, or the first file of a multipart form. The request outlives a fault: it is answered. */
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import type { Written } from './folder.ts';

/** It is no multipart form, or holds no file. */
export class NoForm extends Error {
  override readonly name = 'NoForm';
}

type Write = (source: Readable) => Promise<Written>;

/** A fault that whoever awaits the file is told of. */
const known = (): void => undefined;

/** Calls `gone` when the sender breaks off; returns how to stop listening. */
function onceGone(request: IncomingMessage, gone: (cause: Error) => void): () => void {
  const look = (): void => {
    if (!request.complete) gone(request.errored ?? new Error('the sender went away'));
  };
  request.once('close', look);
  if (request.destroyed) look();
  return () => void request.off('close', look);
}

export async function readRaw(request: IncomingMessage, write: Write): Promise<Written> {
  const source = new PassThrough();
  source.on('error', known); // the sender may be gone before `write` listens
  const forget = onceGone(request, (cause) => source.destroy(cause));
  request.pipe(source);
  try {
    return await write(source);
  } finally {
    forget();
    request.unpipe(source);
  }
}

/** Other parts are passed over; the names in it are text, nothing more. */
export async function readForm(
  request: IncomingMessage,
  write: Write,
): Promise<{ readonly written: Written; readonly name: string | undefined }> {
  const form = parserOf(request);
  let source: Readable | undefined;
  let file: Promise<{ written: Written; name: string | undefined }> | undefined;
  let refused: Error | undefined;
  form.on('error', known); // the parser tells of one fault several times, also when nobody asks any more
  form.on('file', (_field: string, stream: BusboyFileStream, name: string | undefined) => {
    stream.on('error', known);
    if (source !== undefined) return void stream.resume();
    source = stream;
    file = write(stream).then((written) => ({ written, name }));
    file.catch((cause: unknown) => {
      refused = cause instanceof Error ? cause : new Error('the file could not be written', { cause });
      form.destroy();
    });
  });
  const forget = onceGone(request, (cause) => {
    source?.destroy(cause);
    form.destroy(cause);
  });
  request.pipe(form);
  try {
    await finished(form);
  } catch (cause) {
    source?.destroy(cause as Error);
    await file?.catch(() => undefined); // it lets go of the disk before anybody says what became of it
    if (refused !== undefined && request.complete === false && request.destroyed) throw cause;
    throw refused !== undefined && !isCut(refused) ? refused : new NoForm('the body is no multipart form', { cause });
  } finally {
    forget();
    request.unpipe(form);
  }
  if (file === undefined) throw new NoForm('the form holds no file');
  return file;
}

/** The form ended within its file. */
const isCut = (cause: Error): boolean => /multipart/i.test(cause.message);

function parserOf(request: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
      limits: { files: 1, fields: 20, parts: 21, fieldSize: 4096, fieldNameSize: 200, headerPairs: 20 },
    });
  } catch (cause) {
    throw new NoForm('the body is no multipart form', { cause });
  }
}
