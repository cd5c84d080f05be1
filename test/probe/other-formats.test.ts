// Files of other formats, by their first bytes: they are named, and no audio is found in them.
import { describe, expect, it } from "vitest";
import { bytesOf, zeros } from "../../bench/hostile-recordings/bytes.ts";
import { unsupportedCodec } from "../../src/probe/unsupported-audio-error.ts";
import { probeBytes } from "./memory-source.ts";
import { randomBytes } from "./random-bytes.ts";

const REST = randomBytes(20_000, 8);
const startingWith = (...parts: Parameters<typeof bytesOf>) => bytesOf(...parts, REST);
const SIZE = [0x24, 0x4e, 0, 0];
/** Packets of an MPEG transport stream. */
const packets = (before: number) =>
  bytesOf(...Array.from({ length: 40 }, () => [...zeros(before), 0x47, ...REST.subarray(0, 187)]));
const mp3 = bytesOf(...Array.from({ length: 10 }, () => bytesOf(0xff, 0xfb, 0x90, 0xc4, zeros(413))));

describe("a recording in a format that is not supported", () => {
  it.each([
    ["CAF", startingWith("caff", 0, 1, 0, 0, "desc")],
    ["AMR", startingWith("#!AMR\n", 0x3c)],
    ["AMR", startingWith("#!AMR_MC1.0\n")],
    ["AMR-WB", startingWith("#!AMR-WB\n", 0x44)],
    ["AMR-WB", startingWith("#!AMR-WB_MC1.0\n")],
    ["SILK", startingWith("#!SILK_V3")],
    ["SILK", startingWith(2, "#!SILK_V3")],
    ["iLBC", startingWith("#!iLBC30\n")],
    ["AU", startingWith(".snd", 0, 0, 0, 24)],
    ["AU", startingWith("dns.", 24, 0, 0, 0)],
    ["Wave64 (W64)", startingWith("riff", 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6)],
    ["RIFX", startingWith("RIFX", SIZE, "WAVEfmt ")],
    ["AVI", startingWith("RIFF", SIZE, "AVI LIST")],
    ["QCP", startingWith("RIFF", SIZE, "QLCMfmt ")],
    ["RealAudio", startingWith(".ra", 0xfd, 0, 4)],
    ["RealMedia", startingWith(".RMF", 0, 0, 0, 18)],
    ["True Audio (TTA)", startingWith("TTA1", 1, 0, 1, 0)],
    ["True Audio (TTA)", startingWith("TTA2")],
    ["TAK", startingWith("tBaK")],
    ["OptimFROG", startingWith("OFR ", 0x0c, 0, 0, 0)],
    ["Monkey's Audio (APE)", startingWith("MAC ", 0x96, 0x0f)],
    ["Musepack", startingWith("MP+", 7)],
    ["Musepack", startingWith("MPCKSH")],
    ["Shorten", startingWith("ajkg", 2)],
    ["DSF", startingWith("DSD ", 28, zeros(7))],
    ["DSDIFF", startingWith("FRM8", zeros(8), "DSD FVER")],
    ["VOC", startingWith("Creative Voice File", 0x1a, 0x1a, 0)],
    ["8SVX", startingWith("FORM", 0, 0, 0x4e, 0x24, "8SVXVHDR")],
    ["NIST SPHERE", startingWith("NIST_1A\n   1024\n")],
    ["IRCAM", startingWith(0x64, 0xa3, 2, 0)],
    ["IRCAM", startingWith(0, 1, 0xa3, 0x64)],
    ["DSS", startingWith(2, "dss")],
    ["DSS", startingWith(3, "dss")],
    ["DS2", startingWith(3, "ds2")],
    ["Sony MSV", startingWith("MS_VOICE")],
    ["MXF", startingWith(6, 0x0e, 0x2b, 0x34, 2, 5, 1, 1)],
    ["Dolby TrueHD", startingWith(0xc0, 0x20, 0, 0, 0xf8, 0x72, 0x6f, 0xba)],
    ["MLP", startingWith(0xc0, 0x20, 0, 0, 0xf8, 0x72, 0x6f, 0xbb)],
    ["ATRAC (OpenMG)", startingWith("ea3", 3, 0, 0)],
    ["ATRAC (OpenMG)", startingWith("EA3", 1, 0, 0x60)],
    ["AAC (ADIF)", startingWith("ADIF")],
    ["FLV", startingWith("FLV", 1, 4, 0, 0, 0, 9)],
    ["MPEG program stream", startingWith(0, 0, 1, 0xba, 0x44)],
    ["MPEG transport stream", packets(0)],
    ["MPEG transport stream", packets(4)],
    ["DTS", startingWith(0x7f, 0xfe, 0x80, 0x01)],
    ["DTS", startingWith(0xfe, 0x7f, 0x01, 0x80)],
    ["DTS", startingWith(0x1f, 0xff, 0xe8, 0, 0x07)],
    ["DTS", startingWith(0xff, 0x1f, 0, 0xe8, 0xf1)],
    ["DTS", startingWith("DTSHDHDR")],
    ["AC-3", startingWith(0x0b, 0x77, 0x12, 0x34, 0x14, 0x40)],
    ["E-AC-3", startingWith(0x0b, 0x77, 0x00, 0xff, 0x30, 0x80)],
  ])("is named: %s", async (format, bytes) => {
    expect(await probeBytes(bytes)).toEqual({
      kind: "unsupported",
      reason: `the format is not supported (${format})`,
      format,
    });
    const displaced = bytesOf("U", bytes);
    expect(await probeBytes(displaced)).toMatchObject({ kind: "unsupported", format: null });
  });

  it("is named behind an ID3 tag, as taggers put it before True Audio and Musepack", async () => {
    const tag = bytesOf("ID3", 3, 0, 0, 0, 0, 0, 5, "title");
    expect(await probeBytes(bytesOf(tag, startingWith("TTA1")))).toMatchObject({
      format: "True Audio (TTA)",
    });
  });

  it.each([
    ["a magic that is cut off", bytesOf("caf")],
    ["a reserved sample rate", startingWith(0x0b, 0x77, 0, 0, 0xc0, 0x40)],
    ["a frame size that AC-3 does not have", startingWith(0x0b, 0x77, 0, 0, 38, 0x40)],
    ["a bit stream that AC-3 does not have", startingWith(0x0b, 0x77, 0, 0, 0, 0x88)],
    ["a sync word alone", bytesOf(0x0b, 0x77, 0, 0, 0)],
    ["two packets of a transport stream", packets(0).slice(0, 376)],
  ])("is not seen in %s", async (_flaw, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported", format: null });
  });

  it("is not seen in an MP3 that is cut in the middle of a frame which looks like AC-3", async () => {
    const bytes = bytesOf(0x0b, 0x77, 0x12, 0x34, 0x14, 0x40, mp3);
    expect(await probeBytes(bytes)).toMatchObject({ kind: "audio", codec: "MP3" });
  });
});

describe("a file that is no recording", () => {
  it.each([
    ["a MIDI file", startingWith("MThd", 0, 0, 0, 6, 0, 1)],
    ["a MIDI file", startingWith("RIFF", SIZE, "RMIDdata")],
    ["a tracker module", startingWith("Extended Module: a song")],
    ["a tracker module", startingWith("IMPMa song")],
    ["a PNG image", startingWith(0x89, "PNG\r\n\x1a\n")],
    ["a JPEG image", startingWith(0xff, 0xd8, 0xff, 0xe0, 0, 16, "JFIF")],
    ["a GIF image", startingWith("GIF87a")],
    ["a GIF image", startingWith("GIF89a")],
    ["a WebP image", startingWith("RIFF", SIZE, "WEBPVP8 ")],
    ["a TIFF image", startingWith("II*\0")],
    ["a TIFF image", startingWith("MM\0*")],
    ["a PDF document", startingWith("%PDF-1.7\n%\xff\xfb\x90\x64\n")],
    ["a ZIP archive", startingWith("PK\x03\x04")],
    ["a RAR archive", startingWith("Rar!\x1a\x07\x01\0")],
    ["a 7z archive", startingWith("7z\xbc\xaf\x27\x1c")],
    ["a gzip archive", startingWith(0x1f, 0x8b, 8, 0)],
    ["a playlist", bytesOf("#EXTM3U\n#EXTINF:1,a\na.mp3\n")],
    ["a playlist", bytesOf("[playlist]\nFile1=a.mp3\n")],
    ["a data URL", bytesOf("data:audio/webm;codecs=opus;base64,GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKH")],
  ])("is named: %s", async (otherFile, bytes) => {
    const expected = { kind: "unsupported", reason: `the file is ${otherFile}`, format: null, otherFile };
    expect(await probeBytes(bytes)).toEqual(expected);
    expect(await probeBytes(bytesOf("U", bytes))).not.toHaveProperty("otherFile");
  });

  it("is audio all the same when it has the magic of a recording", async () => {
    expect(await probeBytes(mp3)).not.toHaveProperty("otherFile");
    expect(await probeBytes(bytesOf("<p>", mp3))).toMatchObject({ kind: "audio", codec: "MP3" });
  });
});

describe("the name of a codec, which can come from the recording's bytes", () => {
  it.each([
    ["Codec QDM2 in AIFF", "Codec QDM2 in AIFF"],
    ["A_MS/ACM (0x45)", "A_MS/ACM (0x45)"],
    ["<script>alert('\"')</script>", "?script?alert(???)?/script?"],
    ["a\r\nSet-Cookie: b\x1b[31m\u202e\u2028", "a??Set-Cookie: b??31m??"],
    ["a".repeat(10_000), "a".repeat(60)],
  ])("%j becomes a bounded, printable one", (codec, format) => {
    expect(unsupportedCodec(codec)).toMatchObject({
      format,
      message: `the codec is not supported (${format})`,
    });
  });
});
