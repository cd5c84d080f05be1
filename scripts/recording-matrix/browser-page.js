// Runs in a page of Chromium: records noise with MediaRecorder. Plain JavaScript, because the scripts are compiled
// without the types of the DOM.

/** Noise of so many channels, for ever. */
function noise(context, channels) {
  const buffer = context.createBuffer(channels, context.sampleRate, context.sampleRate);
  for (let channel = 0; channel < channels; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let at = 0; at < samples.length; at++) samples[at] = Math.random() - 0.5;
  }
  const source = new AudioBufferSourceNode(context, { buffer, loop: true });
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: channels });
  source.connect(destination);
  source.start();
  return destination.stream;
}

async function recordOne(stream, { mimeType, sliceMs, seconds }) {
  const recorder = new MediaRecorder(stream, {
    mimeType,
    audioBitsPerSecond: 24_000,
    videoBitsPerSecond: 50_000,
  });
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  if (sliceMs === null) recorder.start();
  else recorder.start(sliceMs);
  setTimeout(() => recorder.stop(), seconds * 1000);
  await stopped;
  const reader = new FileReader();
  const read = new Promise((resolve) => reader.addEventListener("load", resolve, { once: true }));
  reader.readAsDataURL(new Blob(parts));
  await read;
  return reader.result.replace(/^.*?base64,/, "");
}

/** Runs all recorders at the same time. Returns each recording in base64. */
globalThis.recordAll = async (recorders) => {
  const context = new AudioContext({ sampleRate: 48_000 });
  const canvas = document.createElement("canvas");
  const picture = canvas.getContext("2d");
  const timer = setInterval(() => picture.fillRect(Math.random() * 100, 0, 9, 9), 100);
  const video = canvas.captureStream(10).getVideoTracks();
  const recordings = recorders.map((recorder) => {
    const stream = noise(context, recorder.channels);
    if (recorder.mimeType.startsWith("video")) for (const track of video) stream.addTrack(track);
    return recordOne(stream, recorder);
  });
  const recorded = await Promise.all(recordings);
  clearInterval(timer);
  return recorded;
};
