// How long a confirmed active subscription is accepted without asking Polar again.

interface Confirmation {
  active: boolean;
  confirmedAt: Date;
}

const FRESH_MS = 60_000;
const OUTAGE_GRACE_MS = 60 * 60_000;

const isYoungerThan = (maxAgeMs: number, confirmation: Confirmation | null, now: Date) =>
  confirmation?.active === true && now.getTime() - confirmation.confirmedAt.getTime() < maxAgeMs;

/** Whether Polar need not be asked: a burst of uploads costs one call. */
export const isFresh = (confirmation: Confirmation | null, now: Date): boolean =>
  isYoungerThan(FRESH_MS, confirmation, now);

/** Whether an organisation may continue while Polar is unavailable. */
export const isWithinOutageGrace = (confirmation: Confirmation | null, now: Date): boolean =>
  isYoungerThan(OUTAGE_GRACE_MS, confirmation, now);
