// The receiver of the change feed, as tests control and read it.
import { expect } from "vitest";
import type { ReceivedEvent, ReceiverFault } from "./event-receiver.ts";
import { EVENTS_SECRET, EVENTS_URL } from "./event-settings.ts";

/** The settings under which changes are sent. */
export const EVENTS = { EVENTS_URL, EVENTS_SECRET };

const control = (method: string, body?: unknown, query = "") =>
  fetch(`https://events.test/__control${query}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

/** Empties the receiver and ends its faults. With `anyTime`, it accepts messages whose time is not now. */
export const resetEvents = ({ anyTime = false } = {}) =>
  control("DELETE", undefined, anyTime ? "?anyTime" : "");
export const givenReceiverFault = (fault: ReceiverFault) => control("PUT", fault);

interface ReceiverState {
  received: ReceivedEvent[];
  /** Every request with a valid message, in order. */
  calls: { objectId: string; sequence: number }[];
}

/** What the receiver has seen since the last reset. Fails if a message was refused. */
export async function receiverState(): Promise<ReceiverState> {
  const { refusals, ...state } = (await (await control("GET")).json()) as ReceiverState & {
    refusals: string[];
  };
  expect(refusals).toEqual([]);
  return state;
}

/** The events of an object that the receiver has accepted, in order. */
export async function receivedEvents(objectId: string) {
  const { received } = await receiverState();
  return received.flatMap(({ event }) => (event.data.id === objectId ? event : []));
}

export const receivedTypes = async (objectId: string) =>
  (await receivedEvents(objectId)).map(({ type }) => type);
