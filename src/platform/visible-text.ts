// Which characters a name or description may not consist of, or contain: those that show nothing, and those that
// reorder the text around it. Pure; knows no field.

// Default_Ignorable_Code_Point has the zero-width characters, Hangul fillers, variation selectors and the soft hyphen
// (UAX #44). The Braille blank and the null notehead are symbols without ink. A mark needs a character to sit on.
// Unassigned characters count as visible: they can be emoji that are newer than this runtime's Unicode version.
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cs}\p{M}\u{2800}\u{1d159}]/u;

/** Whether `text` has at least one character that shows something. */
export const isVisible = (text: string): boolean => VISIBLE.test(text);

/**
 * Whether `text` has no embedding, override or isolate (UAX #9 §2.1 to §2.4): an unclosed one reorders the text that is
 * displayed after it. The marks U+200E, U+200F and U+061C reorder nothing else; Arabic and Hebrew names need them.
 */
export const keepsTextDirection = (text: string): boolean => !/[\u202a-\u202e\u2066-\u2069]/.test(text);
