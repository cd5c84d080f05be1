// Matroska, MPEG-4, ASF and the containers that the probe does not know, beyond the encodings that have a fixture.
import {
  byFfmpeg,
  byPipedFfmpeg,
  followed,
  joined,
  type RecordingKind,
  truncated,
} from "./recording-kind.ts";

const webm = byFfmpeg("WebM", "webm");
const matroska = byFfmpeg("Matroska", "mka");
const pipedMatroska = byPipedFfmpeg("Matroska", "mka");
const m4a = byFfmpeg("MPEG-4", "m4a");
const mp4 = byFfmpeg("MPEG-4", "mp4");
const pipedMp4 = byPipedFfmpeg("MPEG-4", "mp4");
const mov = byFfmpeg("QuickTime", "mov");
const asf = byFfmpeg("ASF", "asf");

const webmOpus = webm("Opus at 16 kbit/s", "-c:a libopus -b:a 16k");
const plainM4a = m4a("AAC at 48 kbit/s", "-c:a aac -b:a 48k");
const FRAGMENTS = "-movflags frag_keyframe+empty_moov -frag_duration 1000000";
const fragmentedAac = mp4("AAC at 48 kbit/s in fragments", `-c:a aac -b:a 48k ${FRAGMENTS}`);
const wma = asf("WMA 2 at 32 kbit/s", "-packet_size 800 -c:a wmav2 -b:a 32k -ar 22050", "wma");

export const CONTAINER_KINDS: readonly RecordingKind[] = [
  webmOpus,
  webm("Opus in stereo", "-c:a libopus -ac 2 -b:a 64k -f webm", "weba"),
  webm("Opus packets of 120 ms", "-c:a libopus -frame_duration 120"),
  webm("Vorbis in stereo", "-c:a libvorbis -ac 2"),
  webm("Vorbis beside video", "-f lavfi -i testsrc=d=10:s=64x64:r=5 -c:v libvpx -b:v 10k -c:a libvorbis"),
  truncated(webmOpus, 0.7),
  joined(webmOpus),
  matroska("Opus in six channels", "-c:a libopus -ac 6 -mapping_family 1"),
  matroska("AAC in stereo", "-c:a aac -ac 2 -b:a 96k"),
  matroska("8-bit PCM", "-c:a pcm_u8 -ar 8000"),
  matroska("24-bit PCM", "-c:a pcm_s24le -ar 16000"),
  matroska("32-bit PCM", "-c:a pcm_s32le -ar 16000"),
  matroska("32-bit float in stereo", "-c:a pcm_f32le -ac 2 -ar 16000"),
  matroska("IMA ADPCM", "-c:a adpcm_ima_wav -ar 16000"),
  matroska("G.726", "-c:a g726 -ar 8000"),
  matroska("GSM 6.10", "-c:a libgsm_ms -ar 8000"),
  matroska("AC-3 in six channels", "-c:a ac3 -ac 6 -ar 48000"),
  matroska("DTS", "-c:a dca -strict -2 -ar 48000 -ac 2"),
  matroska("TrueHD", "-c:a truehd -strict -2 -ar 48000 -ac 2"),
  matroska("True Audio", "-c:a tta -ar 16000"),
  matroska("WavPack", "-c:a wavpack -ar 16000"),
  matroska("RealAudio 1", "-c:a real_144 -ar 8000"),
  matroska("Speex", "-c:a libspeex -ar 16000"),
  matroska("FLAC in stereo", "-c:a flac -ac 2 -ar 16000 -sample_fmt s16"),
  pipedMatroska("Opus", "-c:a libopus -f matroska"),
  pipedMatroska("MP3", "-c:a libmp3lame -ar 16000 -b:a 24k -f matroska"),
  matroska("AAC beside video", "-f lavfi -i testsrc=d=10:s=64x64:r=5 -c:v mpeg4 -c:a aac", "mkv"),
  plainM4a,
  m4a("AAC in stereo with its index first", "-c:a aac -ac 2 -movflags faststart"),
  m4a("ALAC in stereo", "-c:a alac -ac 2 -sample_fmt s16p"),
  m4a("ALAC at 48 kHz with its index first", "-c:a alac -ar 48000 -movflags faststart"),
  m4a("AC-3 in stereo", "-c:a ac3 -ac 2"),
  m4a("AAC in an audio book", "-c:a aac -b:a 32k -ar 22050", "m4b"),
  mp4("AC-3 in six channels", "-c:a ac3 -ac 6 -ar 48000"),
  mp4("E-AC-3 in six channels", "-c:a eac3 -ac 6 -ar 48000"),
  mp4("Opus in stereo with its index first", "-c:a libopus -ac 2 -movflags faststart"),
  mp4("Opus packets of 10 ms in fragments", `-c:a libopus -frame_duration 10 ${FRAGMENTS}`),
  mp4("FLAC in stereo in fragments", `-c:a flac -ac 2 -sample_fmt s16 -strict -2 ${FRAGMENTS}`),
  mp4("ALAC in fragments", `-c:a alac -ar 16000 ${FRAGMENTS}`),
  mp4("MP3 in fragments", `-c:a libmp3lame -ar 44100 -b:a 64k ${FRAGMENTS}`),
  mp4("MP2", "-c:a mp2 -b:a 64k"),
  mp4("DTS", "-c:a dca -strict -2 -ar 48000 -ac 2"),
  mp4("TrueHD", "-c:a truehd -strict -2 -ar 48000 -ac 2"),
  mp4(
    "AAC beside video with its index first",
    "-f lavfi -i testsrc=d=10:s=64x64:r=5 -c:v mpeg4 -c:a aac -movflags faststart",
  ),
  fragmentedAac,
  pipedMp4("Opus", `-c:a libopus -f mp4 ${FRAGMENTS}`),
  truncated(fragmentedAac, 0.7),
  truncated(m4a("AAC at 32 kbit/s with its index first", "-c:a aac -b:a 32k -movflags faststart"), 0.7),
  followed(plainM4a),
  joined(fragmentedAac),
  mov("16-bit PCM in stereo, little-endian", "-c:a pcm_s16le -ac 2 -ar 16000"),
  mov("24-bit PCM, big-endian", "-c:a pcm_s24be -ar 16000"),
  mov("8-bit signed PCM", "-c:a pcm_s8 -ar 8000"),
  mov("IMA ADPCM at 16 kHz", "-c:a adpcm_ima_qt -ar 16000"),
  mov("IMA ADPCM of Microsoft", "-c:a adpcm_ima_wav -ar 16000"),
  mov("Microsoft ADPCM", "-c:a adpcm_ms -ar 16000"),
  mov("GSM 6.10", "-c:a libgsm -ar 8000"),
  mov("MP2", "-c:a mp2 -b:a 64k"),
  mov("AC-3", "-c:a ac3 -ar 48000"),
  mov("ALAC in stereo at 48 kHz", "-c:a alac -ac 2 -ar 48000"),
  mov("AAC with its index first", "-c:a aac -movflags faststart"),
  wma,
  asf("WMA 2 at 44.1 kHz", "-c:a wmav2 -ar 44100 -b:a 64k", "wma"),
  asf("MP3", "-c:a libmp3lame -ar 44100 -b:a 64k"),
  asf("AAC", "-c:a aac -b:a 64k"),
  asf("AC-3", "-c:a ac3 -ar 48000"),
  asf("16-bit PCM", "-c:a pcm_s16le -ar 8000"),
  asf("µ-law", "-c:a pcm_mulaw -ar 8000"),
  asf("IMA ADPCM", "-c:a adpcm_ima_wav -ar 16000"),
  asf("Microsoft ADPCM", "-c:a adpcm_ms -ar 16000"),
  asf("MP2", "-c:a mp2 -ar 44100 -b:a 64k"),
  truncated(wma, 0.7),
  byFfmpeg("AVI", "avi")("MP3", "-c:a libmp3lame -ar 44100 -b:a 64k"),
  byFfmpeg("FLV", "flv")("AAC", "-c:a aac"),
  byFfmpeg("MPEG-TS", "ts")("AAC", "-c:a aac"),
  byFfmpeg("MPEG-PS", "mpg")("MP2", "-c:a mp2"),
  byFfmpeg("RealMedia", "rm")("AC-3", "-c:a ac3 -ar 44100"),
  byFfmpeg("LATM", "latm")("AAC", "-c:a aac"),
];
