#!/usr/bin/env bash
# Generates the speech recordings of the repository: the system voices of the demo data and the test fixtures.
# Requires espeak-ng and ffmpeg. The results are committed; development and tests do not need this script.
set -euo pipefail
cd "$(dirname "$0")/.."
seed=dev/seed/audio
fixtures=test/fixtures
mkdir -p "$seed" "$fixtures"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { espeak-ng -v "$1" -s "$2" -p "$3" -w "$4" "$5"; }
encode() { ffmpeg -nostdin -v error -y -i "$1" -map_metadata -1 -fflags +bitexact -flags:a +bitexact -ac 1 "${@:2}"; }

# name | espeak voice | words per minute | pitch | text
while IFS='|' read -r name voice speed pitch text; do
  say "$voice" "$speed" "$pitch" "$work/$name.wav" "$text"
  encode "$work/$name.wav" -ar 22050 -c:a libmp3lame -b:a 32k "$seed/$name.mp3"
done < <(node -e '
  const speech = require("./dev/seed/speech.json");
  for (const [name, spoken] of Object.entries(speech)) console.log([name, ...spoken].join("|"));
')

story="This is a recording for a test. It is spoken calmly and it goes on for a little longer than ten seconds, \
because a voice needs at least that much speech to be made. Now it is long enough, and so it ends."
say en-us 150 45 "$work/story.wav" "$story"
say en-us 150 45 "$work/short.wav" "This recording ends too early."
encode "$work/story.wav" -ar 16000 -c:a pcm_s16le "$fixtures/speech.wav"
encode "$work/story.wav" -ar 22050 -c:a libmp3lame -b:a 32k "$fixtures/speech.mp3"
encode "$work/story.wav" -ar 22050 -c:a aac -b:a 32k "$fixtures/speech.m4a"
encode "$work/story.wav" -ar 24000 -c:a libopus -b:a 16k "$fixtures/speech.ogg"
encode "$work/story.wav" -ar 16000 -c:a flac "$fixtures/speech.flac"
encode "$work/story.wav" -ar 24000 -c:a libopus -b:a 16k "$fixtures/speech.webm"
encode "$work/story.wav" -ar 24000 -c:a libopus -b:a 16k "$fixtures/speech.mka"
encode "$work/story.wav" -ar 22050 -c:a wmav2 -b:a 32k "$fixtures/speech.wma"
encode "$work/story.wav" -ar 22050 -c:a libvorbis -q:a 0 "$fixtures/vorbis.ogg"
encode "$work/story.wav" -ar 8000 -c:a pcm_s16be "$fixtures/speech.aiff"
encode "$work/story.wav" -ar 8000 -c:a wavpack "$fixtures/speech.wv"
encode "$work/short.wav" -ar 16000 -c:a libmp3lame -b:a 32k "$fixtures/short.mp3"

say en-us+m3 155 50 "$work/generation.wav" "This sentence was generated for you, and it is played by the edge."
encode "$work/generation.wav" -ar 22050 -c:a pcm_s16le "$seed/generation.wav"
