// Decides the Content-Type that is served, and the extension of its files: a stored claim only counts if it is a known
// audio type.
import { mediaType } from "../http/media-type.ts";

/** The extension of the files of each type that is served. */
const EXTENSIONS = {
  "audio/wav": "wav",
  "audio/mpeg": "mp3",
  "audio/mp4": "m4a",
  "audio/aac": "aac",
  "audio/ogg": "ogg",
  "audio/flac": "flac",
  "audio/webm": "webm",
  "audio/matroska": "mka",
  "audio/aiff": "aiff",
  "audio/x-ms-wma": "wma",
  "audio/x-wavpack": "wv",
  "audio/x-ape": "ape",
  "audio/x-musepack": "mpc",
  "audio/x-dsf": "dsf",
  "audio/x-dff": "dff",
};

type ServedType = keyof typeof EXTENSIONS;

const FALLBACK: ServedType = "audio/wav";

/** The canonical type of each known audio type, including aliases of browsers and of the app's older uploads. */
const CANONICAL_TYPES: ReadonlyMap<string, ServedType> = new Map<string, ServedType>([
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
export const servedTypeOf = (probed: string | null, claimed: string | undefined): ServedType =>
  CANONICAL_TYPES.get(mediaType(probed ?? claimed)) ?? FALLBACK;

export const KNOWN_EXTENSIONS: readonly string[] = Object.values(EXTENSIONS);

/** The extension, without a dot, of a file of a type that {@link servedTypeOf} returned. */
export const extensionOf = (servedType: string): string => EXTENSIONS[servedTypeOf(servedType, undefined)];
