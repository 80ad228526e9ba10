/** Pictures of the earth below the sites, where the installation names a server for them (src/http/console.ts puts it into the page). */

export type MapTiles = {
  /** With {z}, {x}, {y} and perhaps {r}. */
  readonly tiles: string;
  /** Whose map it is: it has to stand beside it. */
  readonly said: string;
  readonly link?: string;
};

/** undefined: there is none, and nobody else's server is asked for anything. */
export function mapTiles(): MapTiles | undefined {
  const told = document.querySelector<HTMLMetaElement>('meta[name="map"]')?.content ?? '';
  return told.startsWith('{') ? (JSON.parse(told) as MapTiles) : undefined; // the development server leaves the place as it is
}
