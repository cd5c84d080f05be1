// How long Polar's word for an active subscription is taken.

interface Report {
  active: boolean;
  confirmedAt: Date;
}

const FRESH_MS = 60_000;
const OUTAGE_GRACE_MS = 60 * 60_000;

const isYoungerThan = (age: number, report: Report | null, now: Date) =>
  report?.active === true && now.getTime() - report.confirmedAt.getTime() < age;

/** Whether Polar need not be asked again: a burst of uploads is one question. */
export const isFreshlyActive = (report: Report | null, now: Date): boolean =>
  isYoungerThan(FRESH_MS, report, now);

/** Whether an organisation that pays may go on while Polar can't be asked. */
export const isBelievedInOutage = (report: Report | null, now: Date): boolean =>
  isYoungerThan(OUTAGE_GRACE_MS, report, now);
