// Maps an API error to the text and the action that the console offers the user.
import { MIN_DURATION_SECONDS } from "../../src/voice-creation/policy.ts";
import type { ApiError } from "./api.ts";

export interface ErrorView {
  title: string;
  text: string;
  /** What the user can do. */
  action: "retry" | "sign-in" | "subscribe" | "choose-recording";
}

/** The text is otherwise the service's message, and the action to try again. */
type View = Partial<ErrorView>;

export const NOT_AUDIO = "File is not a valid audio file";
const NO_SUPPORTED_AUDIO: View = {
  title: "The file is not a supported audio file",
  action: "choose-recording",
};

const BY_STATUS: Record<number, View> = {
  0: {
    title: "The service did not respond",
    text: "Check that npm run dev is still running, then try again.",
  },
  401: { title: "You are signed out", text: "Your session has expired. Sign in again.", action: "sign-in" },
  403: { title: "Request not allowed" },
  413: {
    title: "The recording is too large",
    text: "The limit is 20 MB. Shorten the recording or save it as MP3.",
    action: "choose-recording",
  },
  429: {
    title: "Too many uploads",
    text: "The limit is 30 uploads a minute for an organisation. Your recording is kept.",
  },
  503: { title: "The service is busy" },
};

/** Where the status does not tell. `$1` in a text is the first group of the message. */
const BY_MESSAGE: [message: RegExp, view: View][] = [
  [/^The upload was interrupted/, { title: "The upload failed" }],
  [
    /^SUBSCRIPTION_REQUIRED$/,
    {
      title: "Subscription required",
      text: "This organisation has no active subscription. Activate one to create voices.",
      action: "subscribe",
    },
  ],
  [
    /^Audio too short \(([\d.]+)s\).*$/,
    {
      title: "The recording is too short",
      text: `It lasts $1 seconds. Choose a recording of at least ${MIN_DURATION_SECONDS} seconds.`,
      action: "choose-recording",
    },
  ],
  [
    RegExp(`^${NOT_AUDIO}$`),
    { ...NO_SUPPORTED_AUDIO, text: "Choose an audio file such as MP3, WAV, M4A, FLAC, Ogg or WebM." },
  ],
  [RegExp(`^${NOT_AUDIO}:| recordings are not supported\\.`), NO_SUPPORTED_AUDIO],
];

/** The view of an error, also of one that the service would answer to a recording. */
export function errorView({ status, message }: Pick<ApiError, "status" | "message">): ErrorView {
  const [pattern, view] = BY_MESSAGE.find(([candidate]) => candidate.test(message)) ?? [
    /.*/s,
    BY_STATUS[status],
  ];
  const { title = "Request failed", text, action = "retry" } = view ?? {};
  return { title, text: text ? message.replace(pattern, text) : message, action };
}
