// The keys of playback links, as LINK_SECRET has them.

/** A key that signs and verifies playback links. */
export interface LinkKey {
  id: string;
  secret: string;
}

const ENTRY = /^([\w-]{1,16}):(\S+)$/;

/** The key in an entry `ID:SECRET`. A malformed entry has an empty secret, which is too short. */
export function toLinkKey(entry: string): LinkKey {
  const [, id = entry, secret = ""] = ENTRY.exec(entry) ?? [];
  return { id, secret };
}
