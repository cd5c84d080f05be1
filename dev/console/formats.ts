// Formats sizes, durations, times, names, facts and levels of audio for display.
import type { AudioFacts } from "../../src/platform/audio-facts.ts";

const UNITS = ["B", "kB", "MB"];

/** `180 kB`, `2.4 MB`: decimal units. */
export function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

/** `0:07`, `3:00`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The duration of an audio: `–:––` while it is not known. */
export const formatLength = (seconds: number | null | undefined): string =>
  seconds ? formatSeconds(seconds) : "–:––";

/** `1 voice`, `2 voices`. */
export const formatCount = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;

/** An ISO 8601 time as `18:04:31` in the local time zone. */
export const formatClock = (iso: string): string => new Date(iso).toLocaleTimeString("en-GB");

/** An ISO 8601 time as `22 Nov, 18:04` in the local time zone. */
export const formatDay = (iso: string): string =>
  new Date(iso).toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });

/** `CUSTOMER_SERVICE` as `Customer service`. */
export const formatCategory = (category: string): string =>
  category.charAt(0) + category.slice(1).toLowerCase().replaceAll("_", " ");

const TYPE_NAMES: Record<string, string> = { mpeg: "MP3", "x-ms-wma": "WMA", "x-matroska": "Matroska" };

/** `audio/mpeg` as `MP3`. */
function formatAudioType(contentType: string): string {
  const subtype = contentType.replace(/^.*\//, "");
  return TYPE_NAMES[subtype] ?? subtype.replace(/^x-/, "").toUpperCase();
}

interface DescribedAudio extends Omit<AudioFacts, "bitsPerSample"> {
  contentType?: string | null;
  sizeBytes: number | null;
}

const CHANNELS: Record<number, string> = { 1: "mono", 2: "stereo" };

const joined = (facts: (string | null | false)[]): string => facts.filter(Boolean).join(" · ");

/** `MP3 · 44.1 kHz · stereo · 128 kb/s · 2.4 MB`, without what is not known. */
export function formatAudioFacts(audio: DescribedAudio): string {
  const { contentType, codec, sampleRateHz, channels, bitrateBps, sizeBytes } = audio;
  const type = contentType ? formatAudioType(contentType) : null;
  return joined([
    type !== null && codec !== null && namesType(codec, type) ? null : type,
    codec,
    sampleRateHz !== null && `${sampleRateHz / 1000} kHz`,
    channels !== null && (CHANNELS[channels] ?? `${channels} channels`),
    bitrateBps !== null && `${Math.round(bitrateBps / 1000)} kb/s`,
    sizeBytes !== null && formatBytes(sizeBytes),
  ]);
}

/** Whether a codec's name says as much as the type's: `WMA 2` as WMA, and `MP2` of the type called MP3. */
const namesType = (codec: string, type: string): boolean =>
  codec.toUpperCase().startsWith(type.toUpperCase()) || type === TYPE_NAMES.mpeg;

type Levels = Record<"peakLevel" | "clippedShare" | "silenceShare", number | null>;

/** `peak −3.1 dBFS · clipped 0.2 % · silence 12 %`, without what is not known, and without clipping where none was found. */
export function formatLevels({ peakLevel, clippedShare, silenceShare }: Levels): string {
  return joined([
    peakLevel !== null && `peak ${peakLevel > 0 ? formatDecibels(peakLevel) : "−∞"} dBFS`,
    clippedShare !== null && clippedShare > 0 && `clipped ${formatShare(clippedShare)}`,
    silenceShare !== null && `silence ${formatShare(silenceShare)}`,
  ]);
}

const formatDecibels = (level: number) =>
  (20 * Math.log10(level))
    .toFixed(1)
    .replace(/^-0\.0$/, "0.0")
    .replace("-", "−");

/** At most one decimal, and never 0 for what was found. */
const formatShare = (share: number) =>
  share > 0 && share < 0.001 ? "< 0.1 %" : `${Number((share * 100).toFixed(1))} %`;
