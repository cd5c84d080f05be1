// The checksums of FLAC frames, bit by bit: independent of the tables in the source.

/** The CRC-8 of a frame header (RFC 9639 section 9.1.8). */
export const crc8 = (bytes: Uint8Array): number => crcOf(bytes, 8, 0x07);

/** The CRC-16 of a frame (RFC 9639 section 9.3). */
export const crc16 = (bytes: Uint8Array): number => crcOf(bytes, 16, 0x8005);

function crcOf(bytes: Uint8Array, width: number, polynomial: number): number {
  const highBit = 2 ** (width - 1);
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) {
      crc = ((crc << 1) ^ (crc & highBit ? polynomial : 0)) & (2 ** width - 1);
    }
  }
  return crc;
}
