/** Files of the API want the token, so a plain link cannot fetch them: fetched here, and handed to the browser to be saved. */

import type { Schemas } from '../api/client.ts';
import { authorizedFetch } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';

/** Throws ApiError. */
export async function saveFile(path: string, name: string): Promise<void> {
  const response = await authorizedFetch(new Request(path));
  if (!response.ok) throw new ApiError(response.status, (await response.json()) as Schemas['Error']);
  save(await response.blob(), name);
}

export const saveText = (text: string, name: string): void => save(new Blob([text], { type: 'text/plain' }), name);

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
