// The GUIDs of ASF objects and media types (ASF specification 1.20, chapter 10). Their first four bytes are enough to
// tell them apart.

/** The first four bytes of a GUID as they are stored: Data1, little-endian, read as a big-endian number. */
function guidPrefix(guid: string): number {
  const data1 = guid.slice(0, 8);
  return Number.parseInt((data1.match(/../g) ?? []).reverse().join(""), 16);
}

/** A GUID and the size of the object (section 2.1). */
export const ASF_OBJECT_HEADER_BYTES = 24;

/** Of top-level objects and of those in the header object. */
export const ASF_OBJECT = {
  header: guidPrefix("75B22630-668E-11CF-A6D9-00AA0062CE6C"),
  data: guidPrefix("75B22636-668E-11CF-A6D9-00AA0062CE6C"),
  fileProperties: guidPrefix("8CABDCA1-A947-11CF-8EE4-00C00C205365"),
  streamProperties: guidPrefix("B7DC0791-A9B7-11CF-8EE6-00C00C205365"),
  contentEncryption: guidPrefix("2211B3FB-BD23-11D2-B4B7-00A0C955FC6E"),
  extendedContentEncryption: guidPrefix("298AE614-2622-4C17-B935-DAE07EE9289C"),
} as const;

/** Bytes 4 to 7 of the header object's GUID, which make its magic bytes certain. */
export const ASF_HEADER_GUID_SECOND_WORD = 0x8e66cf11;

/** The stream type of audio. */
export const ASF_AUDIO_MEDIA = guidPrefix("F8699E40-5B4D-11CF-A8FD-00805F5C442B");
