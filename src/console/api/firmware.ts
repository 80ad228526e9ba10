/** Images of firmware to choose from: the newest hundred. */
import { answer, api } from './client.ts';

export const imagesQuery = {
  queryKey: ['firmware-images', 'choice'],
  queryFn: () => answer(api.GET('/api/v1/firmware-images', { params: { query: { limit: 100 } } })),
};
