// Codecs' own streams (MPEG audio, ADTS, FLAC and others), and Ogg, beyond the encodings that have a fixture.
import {
  byFfmpeg,
  byPipedFfmpeg,
  bySox,
  enclosed,
  joined,
  type RecordingKind,
  run,
  runFfmpeg,
  soxNoise,
  truncated,
} from "./recording-kind.ts";

const mp3 = byFfmpeg("MPEG", "mp3");
const adts = byFfmpeg("ADTS", "aac");
const flac = byFfmpeg("FLAC", "flac");
const ogg = byFfmpeg("Ogg", "ogg");
const pipedOgg = byPipedFfmpeg("Ogg", "ogg");

/** An APEv2 tag of one item, with its footer alone (wiki.hydrogenaud.io, "APE Tags Header"). */
function apeTag(): Buffer {
  const item = Buffer.concat([
    Buffer.from([7, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from("Title\0A title", "latin1"),
  ]);
  const footer = Buffer.alloc(32);
  footer.write("APETAGEX", "latin1");
  footer.writeUInt32LE(2000, 8);
  footer.writeUInt32LE(item.length + footer.length, 12);
  footer.writeUInt32LE(1, 16);
  return Buffer.concat([item, footer]);
}

const plainMp3 = mp3("MP3 in mono at 64 kbit/s", "-ar 44100 -b:a 64k -id3v2_version 0");
const bareMp3 = mp3(
  "MP3 at a constant rate without an Info header",
  "-ar 44100 -b:a 64k -write_xing 0 -id3v2_version 0",
);
const plainAdts = adts("32 kHz at 48 kbit/s", "-ar 32000 -b:a 48k");
const plainFlac = flac("16 bits at 16 kHz", "-ar 16000 -sample_fmt s16");
const oggOpus = ogg("Opus at 16 kbit/s", "-c:a libopus -b:a 16k");
const oggVorbis = ogg("Vorbis at 16 kHz", "-c:a libvorbis -ar 16000");

/** Writes with sox, then encodes with another program. */
const musepack: RecordingKind = {
  name: "Musepack: stereo",
  extension: "mpc",
  make: async (seconds, file) => {
    const wave = `${file}.wav`;
    await run("sox", ["-R", "-n", "-r", "44100", "-c", "2", "-b", "16", wave, ...soxNoise(seconds)]);
    await run("mpcenc", ["--overwrite", "--silent", wave, file]);
  },
};

/** ffmpeg has no encoder of AMR: sox writes the frames, ffmpeg puts them into the container. */
const amrIn3gp: RecordingKind = {
  name: "MPEG-4: AMR-NB in 3GP",
  extension: "3gp",
  make: async (seconds, file) => {
    const frames = `${file}.amr`;
    await run("sox", ["-R", "-n", "-r", "8000", "-c", "1", "-t", "amr-nb", frames, ...soxNoise(seconds)]);
    await runFfmpeg(["-i", frames, "-c:a", "copy", file]);
  },
};

export const STREAM_KINDS: readonly RecordingKind[] = [
  plainMp3,
  bareMp3,
  mp3("MP3 in joint stereo", "-ac 2 -ar 44100 -b:a 96k -joint_stereo 1"),
  mp3("MP3 in separate stereo", "-ac 2 -ar 48000 -b:a 128k -joint_stereo 0"),
  mp3("MP3 at 8 kbit/s", "-ar 16000 -b:a 8k"),
  mp3("MP3 of MPEG 2.5 at 12 kHz", "-ar 12000 -b:a 16k"),
  mp3("MP3 of MPEG 2.5 in stereo", "-ac 2 -ar 11025 -b:a 24k"),
  mp3("MP3 of MPEG 2 in stereo", "-ac 2 -ar 24000 -b:a 48k"),
  mp3("MP3 with the best variable rate", "-ac 2 -q:a 0"),
  mp3("MP3 with the least variable rate", "-q:a 9 -ar 22050"),
  mp3("MP3 with ID3v2.3", "-ar 44100 -b:a 64k -id3v2_version 3 -metadata title=Title"),
  mp3(
    "MP3 with ID3v2.4 and ID3v1",
    "-ar 44100 -b:a 64k -id3v2_version 4 -write_id3v1 1 -metadata title=Title",
  ),
  mp3("MP3 by Shine", "-c:a libshine -ar 44100 -b:a 64k"),
  mp3("MP3 without a bit reservoir", "-reservoir 0 -ar 44100 -b:a 64k"),
  mp3("MP2 by TwoLAME", "-c:a libtwolame -ar 32000 -b:a 64k", "mp2"),
  mp3("MP2 in mono at 48 kHz", "-c:a mp2 -ar 48000 -b:a 64k", "mp2"),
  mp3("MP2 of MPEG 2 in stereo", "-c:a mp2 -ac 2 -ar 24000 -b:a 96k", "mp2"),
  enclosed(plainMp3, "with an APE tag", (bytes) => [bytes, apeTag()]),
  enclosed(bareMp3, "from the middle of a frame on", (bytes) => [bytes.subarray(100)]),
  enclosed(bareMp3, "behind zeros", (bytes) => [new Uint8Array(2000), bytes]),
  truncated(plainMp3, 0.7),
  truncated(bareMp3, 0.7),
  joined(bareMp3),
  joined(plainMp3),
  plainAdts,
  adts("48 kHz in stereo at 128 kbit/s", "-ar 48000 -ac 2 -b:a 128k"),
  adts("11.025 kHz", "-ar 11025 -b:a 16k"),
  adts("24 kHz in five channels", "-ar 24000 -ac 5 -b:a 96k"),
  enclosed(plainAdts, "from the middle of a frame on", (bytes) => [bytes.subarray(1)]),
  enclosed(plainAdts, "from the middle of the second frame on", (bytes) => [bytes.subarray(300)]),
  truncated(plainAdts, 0.7),
  joined(plainAdts),
  plainFlac,
  flac("16 bits in stereo at 44.1 kHz", "-ac 2 -sample_fmt s16"),
  flac("16 bits at 44.1 kHz", "-sample_fmt s16"),
  flac("16 bits at 48 kHz", "-ar 48000 -sample_fmt s16"),
  flac("six channels at 16 kHz", "-ac 6 -ar 16000 -sample_fmt s16"),
  flac("24 bits at 96 kHz", "-ar 96000 -sample_fmt s32"),
  flac("blocks of 4608 samples", "-ar 44100 -frame_size 4608"),
  flac("the least compression in stereo", "-compression_level 0 -ac 2 -ar 16000 -sample_fmt s16"),
  flac("the most compression in stereo", "-compression_level 12 -ac 2 -ar 16000 -sample_fmt s16"),
  bySox("FLAC", "flac")("16 bits", "-r 44100 -c 1 -b 16"),
  bySox("FLAC", "flac")("24 bits in stereo", "-r 22050 -c 2 -b 24"),
  bySox("FLAC", "flac")("8 bits", "-r 8000 -c 1 -b 8"),
  truncated(plainFlac, 0.8),
  byFfmpeg("WavPack", "wv")("16 bits in stereo at 16 kHz", "-ac 2 -ar 16000 -sample_fmt s16p"),
  bySox("WavPack", "wv")("16 bits", "-r 16000 -c 1 -b 16"),
  bySox("WavPack", "wv")("24 bits in stereo", "-r 16000 -c 2 -b 24"),
  byFfmpeg("True Audio", "tta")("16 bits", "-ar 16000"),
  musepack,
  oggOpus,
  oggVorbis,
  ogg("Opus in stereo", "-c:a libopus -ac 2 -b:a 64k", "opus"),
  ogg("Opus packets of 120 ms", "-c:a libopus -frame_duration 120"),
  ogg("Opus packets of 10 ms for voice", "-c:a libopus -frame_duration 10 -application voip"),
  ogg("Opus at 8 kHz", "-c:a libopus -ar 8000 -b:a 8k"),
  ogg("Vorbis in stereo", "-c:a libvorbis -ac 2 -q:a 5"),
  ogg("Vorbis in six channels", "-c:a libvorbis -ac 6"),
  ogg("FLAC at 16 kHz", "-c:a flac -ar 16000 -sample_fmt s16", "oga"),
  ogg("FLAC in stereo", "-c:a flac -ac 2 -sample_fmt s16"),
  ogg("Speex in narrowband", "-c:a libspeex -ar 8000", "spx"),
  ogg("Speex in wideband", "-c:a libspeex -ar 16000", "spx"),
  ogg("Speex in ultra-wideband, stereo", "-c:a libspeex -ar 32000 -ac 2", "spx"),
  ogg("Speex with four frames a packet", "-c:a libspeex -ar 16000 -frames_per_packet 4", "spx"),
  pipedOgg("Speex", "-c:a libspeex -ar 16000 -f ogg"),
  ogg("Opus beside video", "-f lavfi -i testsrc=d=10:s=64x64:r=5 -c:v libtheora -c:a libopus", "ogv"),
  bySox("Ogg", "ogg")("Vorbis", "-r 22050 -c 1"),
  truncated(oggOpus, 0.7),
  truncated(oggVorbis, 0.7),
  joined(oggOpus),
  joined(oggVorbis),
  byFfmpeg("AC-3", "ac3")("stereo", "-c:a ac3 -ac 2"),
  byFfmpeg("E-AC-3", "eac3")("mono", "-c:a eac3"),
  byFfmpeg("DTS", "dts")("stereo", "-c:a dca -strict -2 -ar 48000 -ac 2"),
  bySox("AMR", "amr")("narrowband", "-r 8000 -c 1 -t amr-nb"),
  bySox("GSM", "gsm")("6.10", "-r 8000 -c 1"),
  amrIn3gp,
];
