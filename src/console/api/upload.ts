/** A file on its way to the API, with how far it is: what fetch does not tell. */

import type { Schemas } from '../../client/index.ts';
import { ApiError, unreachable } from './errors.ts';
import { session } from './session.ts';

/** `told` hears the share from 0 to 1. Throws ApiError. */
export async function uploadFile(path: string, file: File, told: (share: number) => void): Promise<void> {
  const token = await session.token();
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', path);
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) told(loaded / total);
    };
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new ApiError(request.status, errorIn(request.responseText)));
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(unreachable());
    request.send(file);
  });
}

/** What stands in the way (a proxy that limits sizes) does not speak as the API does. */
function errorIn(text: string): Schemas['Error'] | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'error' in body ? (body as Schemas['Error']) : undefined;
  } catch {
    return undefined;
  }
}
