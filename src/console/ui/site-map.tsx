/**
 * Sites where they are: on pictures of the earth where the installation names a server for them, else on a plain ground, and no server
 * is asked for anything. Each point is a button that says its name.
 */
import { Anchor, Box, Group, Text } from '@mantine/core';
import L from 'leaflet';
import 'leaflet/dist/leaflet.css';
import { useEffect, useRef, useState } from 'react';
import { type ChargePoint, isIn } from '../api/fleet.ts';
import type { Site } from '../api/sites.ts';
import { sites as texts } from '../texts/sites.ts';
import { useWords } from '../texts/words.ts';
import { type MapTiles, mapTiles } from './map-tiles.ts';
import type { Tone } from './status.tsx';
import { useGo } from './use-go.ts';

/** More than that nobody can tell apart; the list has all of them. */
const MOST = 1_000;
const CLOSEST = 15;

function toneOf(here: readonly ChargePoint[]): Tone {
  if (here.some((each) => isIn(each, 'faulted'))) return 'bad';
  if (here.some((each) => isIn(each, 'charging'))) return 'busy';
  return here.some((each) => isIn(each, 'online')) ? 'ok' : 'off';
}

function pointsOf(sites: readonly Site[], all: readonly ChargePoint[], say: (online: number, of: number) => string) {
  const bySite = new Map<string | null, ChargePoint[]>();
  for (const each of all) {
    const here = bySite.get(each.site_id);
    if (here === undefined) bySite.set(each.site_id, [each]);
    else here.push(each);
  }
  return sites
    .flatMap(({ id, name, coordinates }) => {
      if (coordinates === null) return [];
      const here = bySite.get(id) ?? [];
      const label = `${name}: ${say(here.filter((each) => isIn(each, 'online')).length, here.length)}`;
      const [latitude, longitude] = [Number(coordinates.latitude), Number(coordinates.longitude)];
      return [{ id, name, latitude, longitude, label, tone: toneOf(here) }];
    })
    .slice(0, MOST);
}

export default function SiteMap(props: { readonly sites: readonly Site[]; readonly all: readonly ChargePoint[] }) {
  const { sites, all } = props;
  const w = useWords(texts);
  const navigate = useGo();
  const place = useRef<HTMLDivElement>(null);
  const map = useRef<L.Map>(null);
  const drawn = useRef(new Map<string, { readonly how: string; readonly marker: L.Marker }>());
  const points = pointsOf(sites, all, w.online);
  const where = points.map(({ id, latitude, longitude }) => `${id} ${latitude} ${longitude}`).join();
  const how = JSON.stringify(points);
  const [tiles] = useState(mapTiles);
  const [isGroundMissing, setGroundMissing] = useState(false);

  useEffect(() => {
    if (place.current === null) return;
    const made = L.map(place.current, { attributionControl: false, zoomAnimation: false, maxZoom: 18, minZoom: 2 });
    map.current = made;
    if (tiles !== undefined)
      // its server learns which site of the web shows the map, as most of them ask, and no address within it
      L.tileLayer(tiles.tiles, { maxZoom: 18, minZoom: 2, referrerPolicy: 'strict-origin' })
        .on('tileload', () => setGroundMissing(false))
        .on('tileerror', () => setGroundMissing(true))
        .addTo(made);
    return () => {
      made.remove();
      map.current = null;
      drawn.current.clear();
    };
  }, [tiles]);

  // only when sites come, go or move: what one looks at stays as somebody has moved it
  useEffect(() => {
    const all = points.map(({ latitude, longitude }) => L.latLng(latitude, longitude));
    if (all.length > 0) map.current?.fitBounds(L.latLngBounds(all).pad(0.2), { maxZoom: CLOSEST });
  }, [where]);

  // only what is another than before: the one that has the focus keeps it
  useEffect(() => {
    const on = map.current;
    if (on === null) return;
    const left = new Map(drawn.current);
    for (const point of points) {
      const { id, name, latitude, longitude, label, tone } = point;
      const how = JSON.stringify(point);
      const before = left.get(id);
      left.delete(id);
      if (before?.how === how) continue;
      before?.marker.remove();
      const icon = L.divIcon({ className: 'map-point', html: pointOf(name, tone), iconSize: [16, 16] });
      const marker = L.marker([latitude, longitude], { title: label, icon }).on('click', () =>
        navigate(`/sites/${id}`),
      );
      marker.addTo(on).getElement()?.setAttribute('aria-label', label);
      drawn.current.set(id, { how, marker });
    }
    for (const [id, { marker }] of left) {
      marker.remove();
      drawn.current.delete(id);
    }
  }, [how, navigate]);

  return (
    <>
      <Box ref={place} className="map" role="region" aria-label={w.mapLabel(points.length)} data-map={points.length} />
      {tiles !== undefined && (
        <Group justify="space-between" gap="xs" px="sm" py={6}>
          <Text size="xs" c="dimmed" role="status">
            {isGroundMissing ? w.groundMissing : ''}
          </Text>
          <Whose {...tiles} />
        </Group>
      )}
    </>
  );
}

function Whose({ said, link }: MapTiles) {
  if (link === undefined)
    return (
      <Text size="xs" c="dimmed">
        {said}
      </Text>
    );
  return (
    <Anchor href={link} target="_blank" rel="noreferrer" size="xs" c="dimmed">
      {said}
    </Anchor>
  );
}

/** Names come from people: never as HTML. */
function pointOf(name: string, tone: Tone): HTMLElement {
  const dot = document.createElement('span');
  dot.className = 'map-dot';
  dot.style.background = `var(--${tone})`;
  const label = document.createElement('span');
  label.className = 'map-name';
  label.textContent = name;
  const point = document.createElement('span');
  point.append(dot, label);
  return point;
}
