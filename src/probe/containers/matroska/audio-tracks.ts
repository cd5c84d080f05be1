// The tracks of a Matroska recording as their descriptions are read: the first one of sound whose codec is supported
// counts.
import type { Reader } from "../../reader.ts";
import { UnsupportedAudioError } from "../../unsupported-audio-error.ts";
import { BlockCounter } from "./block-counter.ts";
import type { EbmlElement } from "./ebml.ts";
import { ELEMENT_ID } from "./element-ids.ts";
import { applyElement, emptyTrack } from "./track-entry.ts";

export class AudioTracks {
  #track = emptyTrack();
  #counter: BlockCounter | undefined;
  /** Why the first track of sound does not count. */
  #refusal: UnsupportedAudioError | undefined;

  /** Applies an element whose content is at the reader's position. May move the reader within that content. */
  async apply(element: EbmlElement, reader: Reader): Promise<void> {
    if (this.#counter) return;
    if (element.id === ELEMENT_ID.trackEntry) this.#endTrack();
    else await applyElement(this.#track, element, reader);
  }

  /** @throws {UnsupportedAudioError} when there is no track of sound, or none whose codec is supported */
  finish(): BlockCounter {
    this.#endTrack();
    if (this.#counter) return this.#counter;
    throw this.#refusal ?? new UnsupportedAudioError("the recording has no audio track");
  }

  #endTrack(): void {
    const track = this.#track;
    this.#track = emptyTrack();
    if (this.#counter || !track.isAudio) return;
    try {
      this.#counter = new BlockCounter(track);
    } catch (error) {
      if (!(error instanceof UnsupportedAudioError)) throw error;
      this.#refusal ??= error;
    }
  }
}
