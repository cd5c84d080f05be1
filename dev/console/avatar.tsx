// Tells cards apart: the first character of a name in a colour that follows from an id.

const segmenter = new Intl.Segmenter();

/** The same id always has the same colour, in every view. */
export const Avatar = ({ id, name }: { id: string; name: string }) => (
  <span class="avatar" style={{ "--hue": hueOf(id) }} aria-hidden="true">
    {[...segmenter.segment(name.trim())][0]?.segment.toUpperCase()}
  </span>
);

/** Degrees. FNV-1a: ids that differ in one character are far apart. */
function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % 360;
}
