// What a refusal means to the person who meets it, and what that person can do.
import type { Refusal } from "./api.ts";

export type Remedy = "retry" | "sign-in" | "subscribe" | "correct" | "other-recording";

export interface Trouble {
  title: string;
  words: string;
  remedy: Remedy;
}

/** Why a voice was not made. */
export function uploadTrouble({ status, message, issues }: Refusal): Trouble {
  switch (status) {
    case 0:
      return {
        title: "The connection was lost",
        words: "Your recording and your words are still here. Try again when you are back online.",
        remedy: "retry",
      };
    case 400:
      return issues.length > 0
        ? { title: "Something is missing or not right", words: "See the marked fields.", remedy: "correct" }
        : { title: "The recording did not arrive", words: message, remedy: "retry" };
    case 401:
      return {
        title: "You are signed out",
        words: "Your session has ended. Sign in again, and the upload goes on.",
        remedy: "sign-in",
      };
    case 403:
      return message === "SUBSCRIPTION_REQUIRED"
        ? {
            title: "A subscription is needed",
            words: "This organisation has no active subscription, and making voices is part of one.",
            remedy: "subscribe",
          }
        : { title: "This page may not do that", words: message, remedy: "retry" };
    case 409:
      return {
        title: "The first try is still going on",
        words: "This upload has been received once already. Ask again in a moment for how it went.",
        remedy: "retry",
      };
    case 413:
      return {
        title: "The recording is too large",
        words: "It may have 20 MB at most. Shorten it, or save it as MP3.",
        remedy: "other-recording",
      };
    case 422:
      return unusableRecording(message);
    case 429:
      return {
        title: "Too many uploads in a short time",
        words: "An organisation may start 30 a minute. Your recording is still here.",
        remedy: "retry",
      };
    case 503:
      return {
        title: "The service is busy",
        words: "It takes only so many uploads at once. Try again in a moment.",
        remedy: "retry",
      };
    default:
      return { title: "That did not work", words: message, remedy: "retry" };
  }
}

function unusableRecording(message: string): Trouble {
  if (message.startsWith("Audio too short")) {
    const seconds = /\(([\d.]+)s\)/.exec(message)?.[1];
    return {
      title: "The recording is too short",
      words: `It lasts ${seconds ?? "less than 10"} seconds; a voice needs at least 10.`,
      remedy: "other-recording",
    };
  }
  if (message !== "File is not a valid audio file") {
    return { title: "That did not work", words: message, remedy: "retry" };
  }
  return {
    title: "This is not a recording that can be read",
    words: "Choose an audio file such as MP3, WAV, M4A, FLAC, Ogg or WebM.",
    remedy: "other-recording",
  };
}

/** Why a list or an audio is not shown. */
export function viewTrouble({ status, message }: Refusal): Trouble {
  switch (status) {
    case 0:
      return { title: "No answer", words: "Is the stack still running? Try again.", remedy: "retry" };
    case 401:
      return { title: "You are signed out", words: "Your session has ended.", remedy: "sign-in" };
    default:
      return { title: "That did not work", words: message, remedy: "retry" };
  }
}
