// The playback path in virtual time: listenings arrive, their requests reach isolates that cache rows, and what no cache
// knows is a query of D1. No service time enters here: the shape of the load and the caches decide.
import { EventQueue } from "./event-queue.ts";
import type { Parameters } from "./parameters.ts";
import type { Population } from "./population.ts";
import { Random, Zipf } from "./random.ts";

/** A query of D1 for one row. */
export interface Lookup {
  /** Since the beginning of what is counted. */
  atSeconds: number;
  /** 0 for a system voice, which no organisation owns. */
  organisation: number;
  location: number;
}

/** What was counted after the caches had filled. */
export interface PlaybackReport {
  generationPlays: number;
  rowCacheHits: number;
  systemVoicePlays: number;
  edgeCacheHits: number;
  /** Plays whose row no cache knew. */
  lookups: number;
  isolates: number;
}

interface PlaybackOptions {
  /** What is counted, after the caches have filled for as long as an entry is valid. */
  seconds: number;
  /** Counts generations only at each nth isolate, which saves time: what one isolate caches depends on no other. */
  nthIsolate?: number;
  onLookup?: (lookup: Lookup) => void;
}

/** One play of a generation, at an isolate. */
interface Play {
  at: number;
  generation: number;
  organisation: number;
  location: number;
  isolate: number;
}

/** An isolate's rows, by generation: the least recently used goes first, and use does not extend an entry's time. */
class RowCache {
  readonly #expiries = new Map<number, number>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  has(key: number, now: number): boolean {
    const expiresAt = this.#expiries.get(key);
    if (expiresAt === undefined) return false;
    this.#expiries.delete(key);
    if (expiresAt <= now) return false;
    this.#expiries.set(key, expiresAt);
    return true;
  }

  set(key: number, expiresAt: number): void {
    this.#expiries.set(key, expiresAt);
    if (this.#expiries.size <= this.#maxEntries) return;
    const [oldest] = this.#expiries.keys();
    if (oldest !== undefined) this.#expiries.delete(oldest);
  }
}

export function simulatePlayback(
  p: Parameters,
  population: Population,
  { seconds, nthIsolate = 1, onLookup }: PlaybackOptions,
): PlaybackReport {
  const random = new Random(p.seed);
  const begin = Math.max(p.rowCacheSeconds, p.edgeCacheSeconds);
  const end = begin + seconds;
  const isolates = Array.from(population.locationShares, (share) =>
    Math.max(1, Math.round((share * p.playsPerSecond) / p.playsPerIsolatePerSecond)),
  );
  const rows: RowCache[] = [];
  const edge = new Map<number, number>();
  const plays = new EventQueue<Play>();
  let isolateCount = 0;
  const firstIsolates = isolates.map((count) => {
    isolateCount += count;
    return isolateCount - count;
  });
  const report: PlaybackReport = {
    generationPlays: 0,
    rowCacheHits: 0,
    systemVoicePlays: 0,
    edgeCacheHits: 0,
    lookups: 0,
    isolates: isolateCount,
  };

  const lookUp = (at: number, organisation: number, location: number) => {
    if (at < begin) return;
    report.lookups += 1;
    onLookup?.({ atSeconds: at - begin, organisation, location });
  };

  const playGeneration = ({ at, generation, organisation, location, isolate }: Play) => {
    if (at >= begin) report.generationPlays += 1;
    let cache = rows[isolate];
    if (!cache) {
      cache = new RowCache(p.rowCacheEntries);
      rows[isolate] = cache;
    }
    if (cache.has(generation, at)) {
      if (at >= begin) report.rowCacheHits += 1;
      return;
    }
    cache.set(generation, at + p.rowCacheSeconds);
    lookUp(at, organisation, location);
  };

  const playSystemVoice = (at: number) => {
    const location = population.locationAt(random.uniform());
    const key = location * p.systemVoices + random.below(p.systemVoices);
    const isHit = (edge.get(key) ?? 0) > at;
    if (at >= begin) report.systemVoicePlays += 1;
    if (at >= begin && isHit) report.edgeCacheHits += 1;
    if (isHit) return;
    edge.set(key, at + p.edgeCacheSeconds);
    lookUp(at, 0, location);
  };

  /** Each request of a listening reaches any isolate of the location. */
  const listen = (startsAt: number) => {
    const organisation = population.draw(random);
    const ranks = new Zipf(population.generationsOf(organisation), p.generationExponent);
    const generation = organisation * p.generations + ranks.draw(random);
    const location = population.locationOf(organisation);
    let at = startsAt;
    for (let request = 0; request < p.requestsPerListening; request += 1) {
      const isolate = (firstIsolates[location] ?? 0) + random.below(isolates[location] ?? 1);
      if (isolate % nthIsolate === 0) plays.schedule({ at, generation, organisation, location, isolate });
      at += random.exponential(p.meanSecondsBetweenRequests);
    }
  };

  const secondsPerVoice = 1 / (p.playsPerSecond * p.systemVoiceShare);
  const secondsPerListening = p.requestsPerListening / (p.playsPerSecond * (1 - p.systemVoiceShare));
  let nextVoice = random.exponential(secondsPerVoice);
  let nextListening = random.exponential(secondsPerListening);
  for (;;) {
    const arrival = Math.min(nextVoice, nextListening);
    const due = plays.next(Math.min(arrival, end));
    if (due) {
      playGeneration(due);
    } else if (arrival >= end) {
      return report;
    } else if (arrival === nextVoice) {
      playSystemVoice(arrival);
      nextVoice += random.exponential(secondsPerVoice);
    } else {
      listen(arrival);
      nextListening += random.exponential(secondsPerListening);
    }
  }
}
