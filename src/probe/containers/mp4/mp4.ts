// MPEG-4 and QuickTime (ISO/IEC 14496-12): walks the boxes as a flat list, since their depth does not matter, and
// measures the first audio track of a supported codec by its sample tables (moov), its fragments (moof), or both.
import { fourCc } from "../../bytes.ts";
import type { ContainerFormat } from "../../container.ts";
import type { Reader } from "../../reader.ts";
import { UnsupportedAudioError } from "../../unsupported-audio-error.ts";
import { CONTAINER_BOXES, createMovie, LEAF_BOXES, type Movie } from "./boxes.ts";
import { FIRST_BOXES } from "./first-boxes.ts";
import { readIndex } from "./movie-index.ts";
import { presentedSeconds } from "./track.ts";

const BOX_HEADER_BYTES = 8;
const LARGE_BOX_HEADER_BYTES = 16;
/** Values of the size field with a meaning of their own (section 4.2). */
const BOX_SIZE = { toEndOfFile: 0, large: 1 } as const;
/** Steps charged for a box that is read, on top of those for a box that is skipped. */
const LEAF_BOX_COST = 3;
const INDEX = fourCc("moov");
const FRAGMENT = fourCc("moof");
const MEDIA_DATA = fourCc("mdat");

interface BoxHeader {
  type: number;
  headerBytes: number;
  /** Header included. */
  size: number;
}

export const mp4: ContainerFormat = {
  container: "MPEG-4",
  contentType: "audio/mp4",
  magicBytes: BOX_HEADER_BYTES,
  matches: (reader) => FIRST_BOXES.has(reader.ascii(4, 4)),

  async measure(reader) {
    const movie = createMovie();
    while (reader.has(BOX_HEADER_BYTES) || (await reader.need(BOX_HEADER_BYTES))) {
      reader.step();
      if (reader.u32() === BOX_SIZE.large && !(await reader.need(LARGE_BOX_HEADER_BYTES))) break;
      const { type, headerBytes, size } = readBoxHeader(reader);
      if (size < headerBytes) break;
      const start = reader.position;
      const end = start + size;
      const { indexEnd } = movie;
      if (!movie.audio && indexEnd !== undefined && (start >= indexEnd || type === FRAGMENT)) {
        await readIndex(reader, movie);
        reader.position = start;
        continue;
      }
      // Another recording follows, as when two files are joined. Players take the first index and no other.
      if (type === INDEX && indexEnd !== undefined) break;
      reader.skip(headerBytes);
      const enterContainer = CONTAINER_BOXES.get(type);
      if (enterContainer) {
        enterContainer(reader, movie, { start, end });
        continue;
      }
      if (type === MEDIA_DATA) {
        movie.mediaBytes += Math.max(0, Math.min(end, reader.size) - reader.position);
        await countPackets(reader, movie);
        reader.position = end;
        continue;
      }
      // A truncated recording can end inside an index. The fragments before it are complete.
      if (end > reader.size) break;
      const readLeaf = LEAF_BOXES.get(type);
      if (readLeaf) {
        reader.step(LEAF_BOX_COST);
        await readLeaf(reader, movie, end);
      }
      reader.position = Math.max(end, reader.position);
    }
    if (movie.indexEnd === undefined) throw new UnsupportedAudioError("the movie box (moov) is missing");
    if (!movie.audio) await readIndex(reader, movie);
    await countPackets(reader, movie);
    const { audio } = movie;
    if (!audio) throw new UnsupportedAudioError("the recording has no audio track");
    return { ...audio.description.facts, durationSeconds: presentedSeconds(movie, audio) };
  },
};

/** Counts the samples that fragments listed. Moves the reader. */
async function countPackets(reader: Reader, { audio }: Movie): Promise<void> {
  if (audio?.description.kind === "packets") await audio.description.packets.count(reader);
}

/** Reads the box header at the reader's position (section 4.2), all of which is loaded. */
function readBoxHeader(reader: Reader): BoxHeader {
  const type = reader.u32(4);
  let size = reader.u32();
  let headerBytes = BOX_HEADER_BYTES;
  if (size === BOX_SIZE.large) {
    size = reader.u64(8);
    headerBytes = LARGE_BOX_HEADER_BYTES;
  }
  if (size === BOX_SIZE.toEndOfFile) {
    // Eight zeros are no box: QuickTime ends lists with them.
    const isPadding = type === 0;
    size = isPadding ? BOX_HEADER_BYTES : reader.remaining;
  }
  return { type, headerBytes, size };
}
