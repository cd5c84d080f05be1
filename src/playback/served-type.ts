// Decides the Content-Type that is served: a stored claim only counts if it is a known audio type.
import { mediaType } from "../http/media-type.ts";

const FALLBACK = "audio/wav";

/** The canonical type of each known audio type, including aliases of browsers and of the app's older uploads. */
const CANONICAL_TYPES: ReadonlyMap<string, string> = new Map([
  ["audio/wav", "audio/wav"],
  ["audio/wave", "audio/wav"],
  ["audio/x-wav", "audio/wav"],
  ["audio/vnd.wave", "audio/wav"],
  ["audio/mpeg", "audio/mpeg"],
  ["audio/mp3", "audio/mpeg"],
  ["audio/mp4", "audio/mp4"],
  ["audio/m4a", "audio/mp4"],
  ["audio/x-m4a", "audio/mp4"],
  ["audio/aac", "audio/aac"],
  ["audio/ogg", "audio/ogg"],
  ["audio/opus", "audio/ogg"],
  ["audio/flac", "audio/flac"],
  ["audio/x-flac", "audio/flac"],
  ["audio/webm", "audio/webm"],
  ["audio/matroska", "audio/matroska"],
  ["audio/aiff", "audio/aiff"],
  ["audio/x-aiff", "audio/aiff"],
  ["audio/x-ms-wma", "audio/x-ms-wma"],
  ["audio/x-wavpack", "audio/x-wavpack"],
  // Types that the analysis Worker gives: analysis/src/claimed-containers.ts.
  ["audio/x-ape", "audio/x-ape"],
  ["audio/x-musepack", "audio/x-musepack"],
  ["audio/x-dsf", "audio/x-dsf"],
  ["audio/x-dff", "audio/x-dff"],
]);

/**
 * The Content-Type to serve a voice with: the type that the probe found, otherwise the one that its object claims if
 * it is a known audio type, otherwise WAV, which is what Resonance's own uploads are.
 */
export const servedTypeOf = (probed: string | null, claimed: string | undefined): string =>
  CANONICAL_TYPES.get(mediaType(probed ?? claimed)) ?? FALLBACK;
