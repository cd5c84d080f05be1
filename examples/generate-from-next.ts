// A Next.js server action that generates speech and streams it to the service instead of writing it to R2.

interface Order {
  voiceId: string;
  voiceName: string;
  text: string;
}

/** From the app's environment. Never take any of these from a request. */
interface Settings {
  /** The service's origin, such as https://app.example.com. */
  audioOrigin: string;
  /** The service's INGEST_SECRET. */
  ingestSecret: string;
  /** The URL of the text-to-speech backend, which responds with a WAV. */
  speechUrl: string;
}

/** Clerk's `auth` of @clerk/nextjs/server. */
type Auth = () => Promise<{ orgId?: string | null | undefined }>;

/**
 * The action returns the generation's id. The front end can request its audio at once and gets 409 until it is stored.
 * The organisation comes from the session, never from the page. Validate the input as in your other actions.
 */
export const createGenerateAction = (auth: Auth, settings: Settings) =>
  async function generate(order: Order): Promise<string> {
    "use server";
    const { orgId } = await auth();
    if (!orgId) throw new Error("Not signed in to an organisation");
    return ingestSpeech(orgId, order, settings);
  };

async function ingestSpeech(orgId: string, order: Order, settings: Settings): Promise<string> {
  const { audioOrigin, ingestSecret, speechUrl } = settings;
  const id = crypto.randomUUID();
  const put = (step: string, headers: Record<string, string>, body: BodyInit) =>
    fetch(`${audioOrigin}/internal/generations/${id}${step}`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${ingestSecret}`, ...headers },
      body,
      // Node's fetch requires it for a streamed body.
      duplex: "half",
    } as RequestInit);
  const putJson = (step: string, value: unknown) =>
    put(step, { "Content-Type": "application/json" }, JSON.stringify(value));

  const { voiceId, voiceName, text } = order;
  await requireOk(await putJson("", { orgId, voiceId, voiceName, text }));
  try {
    const body = JSON.stringify({ voiceId, text });
    const speech = await requireOk(await fetch(speechUrl, { method: "POST", body }));
    if (!speech.body) throw new Error("The speech backend sent no audio");
    const length = speech.headers.get("Content-Length");
    await requireOk(await put("/audio", length ? { "Content-Length": length } : {}, speech.body));
  } catch (error) {
    await putJson("/failure", { reason: "The speech could not be generated." });
    throw error;
  }
  return id;
}

async function requireOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url} responded with ${response.status}: ${await response.text()}`);
}
