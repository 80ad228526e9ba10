/** Answers that are files: streamed at constant memory, always as an attachment, never sniffed, never rendered by a browser. */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';

export type Download = {
  /** Shown to whoever saves it; whatever it holds, it is made harmless. */
  readonly fileName: string;
  readonly contentType: string;
  /** Absent: not known before the end. */
  readonly sizeBytes?: number;
  /** Destroyed when the reader goes away. */
  readonly body: Readable;
};

/** Resolves when the answer is over, whichever way. Throws only before it began, or what the source threw. */
export async function sendDownload(req: Request, res: Response, download: Download): Promise<void> {
  const { fileName, contentType, sizeBytes, body } = download;
  res.status(200).attachment(plainName(fileName)); // RFC 6266, quoted and encoded
  res.set({ 'Content-Type': contentType, 'X-Content-Type-Options': 'nosniff' });
  if (sizeBytes !== undefined) res.set('Content-Length', String(sizeBytes));
  if (req.method === 'HEAD') {
    body.destroy();
    return void res.end();
  }
  try {
    await pipeline(body, res);
  } catch (cause) {
    const isGone = (cause as { code?: unknown }).code === 'ERR_STREAM_PREMATURE_CLOSE' && body.errored === null;
    if (!isGone) throw cause; // the answer is cut off: an error handler sees that its headers are sent
  }
}

/** The last part of what may have been a path, without control characters and marks that turn text around. */
function plainName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}"]/gu, '')
    .replace(/^\.+/, '')
    .trim();
  return plain.slice(0, 150) || 'download';
}
