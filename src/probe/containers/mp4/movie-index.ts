// Reads a movie's index (`moov`) once it is walked: chooses the track whose audio counts, and counts its tables.
import type { Reader } from "../../reader.ts";
import { UnsupportedAudioError } from "../../unsupported-audio-error.ts";
import type { Movie } from "./boxes.ts";
import type { SampleDescription } from "./esds.ts";
import { readSampleDescription } from "./sample-description.ts";
import { countCompactSizes, countSizes, type SampleCount } from "./sample-sizes.ts";
import { countTableSamples } from "./table-samples.ts";
import { type AudioTrack, emptyTrack, type Track } from "./track.ts";
import { readAvailableSamples, readChunkMap, readSampleTimes } from "./track-tables.ts";

const NO_SAMPLES: SampleCount = { samples: 0, bytes: 0, ticks: 0, availableBytes: 0 };

/**
 * Sets the movie's `audio`. Moves the reader.
 * @throws {UnsupportedAudioError} when there is no audio track, or none whose codec is supported
 */
export async function readIndex(reader: Reader, movie: Movie): Promise<void> {
  const { track, description } = await findAudioTrack(reader, movie.soundTracks);
  // No box after the index describes the track.
  movie.track = emptyTrack();
  const audio: AudioTrack = {
    ...track,
    description,
    times: { meanTicks: 0, lastTicks: 0 },
    inTable: { ...NO_SAMPLES, availableBytes: movie.availableMediaBytes },
    inFragments: { ...NO_SAMPLES },
    availableSamples: Number.POSITIVE_INFINITY,
  };
  movie.audio = audio;
  const { tables } = track;
  const times = tables.get("stts");
  if (times) {
    reader.position = times.at;
    audio.times = await readSampleTimes(reader, times.end);
  }
  if (description.kind === "packets") await countTableSamples(reader, tables, description.packets);
  else await countTableSizes(reader, audio, description);
}

/** The first track of a supported codec. Otherwise the first track tells why there is none. */
async function findAudioTrack(
  reader: Reader,
  soundTracks: readonly Track[],
): Promise<{ track: Track; description: SampleDescription }> {
  if (soundTracks.length === 0) throw new UnsupportedAudioError("the recording has no audio track");
  let refusal = new UnsupportedAudioError("the sample description is missing");
  let isFirst = true;
  for (const track of soundTracks) {
    const range = track.tables.get("stsd");
    if (!range) continue;
    reader.position = range.at;
    try {
      return { track, description: await readSampleDescription(reader, range.end, track.timescale ?? 0) };
    } catch (error) {
      if (!(error instanceof UnsupportedAudioError)) throw error;
      if (isFirst) refusal = error;
      isFirst = false;
    }
  }
  throw refusal;
}

/** Counts samples of one duration by their sizes, and how many of them lie within the recording. */
async function countTableSizes(
  reader: Reader,
  audio: AudioTrack,
  description: SampleDescription & { kind: "frames" | "bytes" },
): Promise<void> {
  const { tables, inTable } = audio;
  const isCompact = !tables.has("stsz");
  const sizes = tables.get(isCompact ? "stz2" : "stsz");
  if (sizes) {
    reader.position = sizes.at;
    await (isCompact ? countCompactSizes : countSizes)(reader, sizes.end, inTable, description);
  }
  const runs = tables.get("stsc");
  const offsets = tables.get("stco") ?? tables.get("co64");
  if (!runs || !offsets) return;
  reader.position = runs.at;
  const map = await readChunkMap(reader, runs.end);
  reader.position = offsets.at;
  const offsetBytes = tables.has("stco") ? 4 : 8;
  audio.availableSamples = await readAvailableSamples(reader, offsets.end, offsetBytes, map);
}
