// The bare Worker with the headers of the service's response, to measure what they cost.
const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "Content-Type": "audio/wav",
  "Cache-Control": "private, max-age=3600",
  "Cache-Status": "Resonance; fwd=bypass",
  "Accept-Ranges": "bytes",
  Vary: "Cookie, Authorization",
  "Server-Timing": 'd1;dur=0;desc="0", r2;dur=1;desc="1", total;dur=1',
};

export default {
  async fetch(request, env) {
    const object = await env.AUDIO.get(new URL(request.url).pathname.slice(1), { range: request.headers });
    if (!object) return new Response("", { status: 404 });
    const { httpEtag, size, uploaded, range } = object;
    const ranged = request.headers.has("Range");
    const length = ranged ? range.length : size;
    return new Response(object.body, {
      status: ranged ? 206 : 200,
      headers: {
        ...HEADERS,
        ETag: httpEtag,
        "Last-Modified": uploaded.toUTCString(),
        "Content-Length": String(length),
        ...(ranged && { "Content-Range": `bytes ${range.offset}-${range.offset + length - 1}/${size}` }),
        "X-Request-Id": crypto.randomUUID(),
      },
    });
  },
};
