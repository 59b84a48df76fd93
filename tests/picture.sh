#!/usr/bin/env bash
# Makes docs/pull-request-comment.png anew: a test drives the service to a real comment, which is rendered and pictured as GitHub shows it.
# Needs npm, chromium, and a font with emoji (Debian: fonts-noto-color-emoji).
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

KESTRA_GITHUB_COMMENT="$folder/comment.md" dotnet test tests/KestraGitHub.IntegrationTests --nologo --filter FullyQualifiedName~CommentPicture "$@"
npm install --prefix "$folder" --silent --no-audit --no-fund marked@15 github-markdown-css@5 >/dev/null
cat >"$folder/render.mjs" <<'JS'
import { readFileSync, writeFileSync } from 'node:fs';
import { marked } from 'marked';
const css = readFileSync(new URL('node_modules/github-markdown-css/github-markdown-light.css', import.meta.url), 'utf8');
const comment = marked.parse(readFileSync(new URL('comment.md', import.meta.url), 'utf8'), { gfm: true });
writeFileSync(new URL('comment.html', import.meta.url), `<!doctype html><meta charset="utf-8"><style>${css}
  body { margin: 0; padding: 16px; background: #fff; width: 928px; font-family: sans-serif }
  .who { padding: 8px 16px; background: #f6f8fa; border: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; font-size: 14px; color: #59636e }
  .who b { color: #1f2328 } .who span { border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 7px; font-size: 12px }
  .markdown-body { padding: 16px; border: 1px solid #d1d9e0; border-top: 0; border-radius: 0 0 6px 6px; font-size: 14px }
</style><div class="who"><b>kestra-github</b> <span>bot</span> commented</div><div class="markdown-body">${comment}</div>
<script>document.title = document.documentElement.scrollHeight</script>`);
JS
node "$folder/render.mjs"
browse() { chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1.5 "$@" "file://$folder/comment.html" 2>/dev/null; }
height=$(browse --window-size=960,100 --dump-dom | grep -oE '<title>[0-9]+' | grep -oE '[0-9]+')
mkdir -p docs
browse --window-size="960,$height" --screenshot="$PWD/docs/pull-request-comment.png"
echo "docs/pull-request-comment.png"
