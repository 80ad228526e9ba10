// Which packages of the lockfile the server runs with: all that its dependencies lead to, and none of the tools. `npm sbom --omit=dev`
// and its kind leave out a package that a tool needs too (npm 10 and 11: ws, pg), so the way is gone here.

/** Where `name` is found from the package at `place`, as Node looks for it; undefined: it is not installed. */
function placeOf(packages, place, name) {
  for (let folder = place; ; ) {
    const found = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (Object.hasOwn(packages, found)) return found;
    if (folder === '') return undefined;
    const above = folder.lastIndexOf('/node_modules/');
    folder = above === -1 ? '' : folder.slice(0, above);
  }
}

/** The places (`node_modules/ws`) of production packages. A package for another platform counts: it runs elsewhere. */
export function productionPlaces(packages) {
  const reached = new Set();
  const waiting = [''];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = packages[place];
    const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true);
    for (const name of [...Object.keys(dependencies ?? {}), ...Object.keys(optionalDependencies ?? {}), ...peers]) {
      const found = placeOf(packages, place, name);
      if (found === undefined || reached.has(found)) continue;
      reached.add(found);
      waiting.push(found);
    }
  }
  return reached;
}

export const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
