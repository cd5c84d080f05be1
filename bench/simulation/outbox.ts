// The outbox of metering events: a run each minute sends batches within Polar's limit.
import type { Parameters } from "./parameters.ts";
import { Random } from "./random.ts";

const SECONDS_PER_MINUTE = 60;

export interface OutboxReport {
  arrived: number;
  delivered: number;
  /** Not delivered at the end. */
  backlog: number;
  /** Minutes that the oldest of them has waited. */
  oldestMinutes: number;
}

/** Events that one run can deliver: the least of what the run may send, what fits into its time, and what Polar takes. */
export function eventsPerRun(p: Parameters): number {
  const withinRun = Math.floor(p.runMs / p.polarMs) * p.parallelRequests;
  const ofPolar =
    p.polarRequestsPerMinute - p.voiceCreationsPerSecond * SECONDS_PER_MINUTE * p.polarRequestsPerVoice;
  return Math.max(0, Math.floor(Math.min(p.requestsPerRun, withinRun, ofPolar))) * p.eventsPerRequest;
}

/**
 * `eventsPerSecond` arrive for `minutes`; Polar takes nothing in the first `outageMinutes`. The oldest events are sent
 * first.
 */
export function simulateOutbox(
  p: Parameters,
  eventsPerSecond: number,
  minutes: number,
  outageMinutes = 0,
): OutboxReport {
  const random = new Random(p.seed + 2);
  const capacity = eventsPerRun(p);
  /** What arrived in each minute and is not delivered, the oldest first. */
  const waiting: { minute: number; events: number }[] = [];
  const report: OutboxReport = { arrived: 0, delivered: 0, backlog: 0, oldestMinutes: 0 };
  let arrival = random.exponential(1 / eventsPerSecond);
  for (let minute = 1; minute <= minutes; minute += 1) {
    let events = 0;
    for (; arrival < minute * SECONDS_PER_MINUTE; arrival += random.exponential(1 / eventsPerSecond))
      events += 1;
    waiting.push({ minute, events });
    report.arrived += events;
    let left = minute > outageMinutes ? capacity : 0;
    for (let oldest = waiting[0]; oldest && left > 0; oldest = waiting[0]) {
      const sent = Math.min(oldest.events, left);
      oldest.events -= sent;
      left -= sent;
      report.delivered += sent;
      if (oldest.events > 0) break;
      waiting.shift();
    }
  }
  report.backlog = report.arrived - report.delivered;
  report.oldestMinutes = minutes - (waiting[0]?.minute ?? minutes);
  return report;
}
