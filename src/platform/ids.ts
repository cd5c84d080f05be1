// The form of ids that become part of an R2 key: as Clerk, cuid and UUID write them.
const PLAIN_ID = /^[\w-]{1,64}$/;

/** Whether `id` has 1 to 64 letters, digits, `_` and `-`: it cannot lead out of its folder in the bucket. */
export const isPlainId = (id: string): boolean => PLAIN_ID.test(id);
