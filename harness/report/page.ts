/** The shell of every HTML page: a policy that forbids all but this very style and script, and no request to anywhere. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { h, trusted } from './markup.ts'
import type { Markup } from './markup.ts'

const style = (): string => readFileSync(new URL('page.css', import.meta.url), 'utf8').replace(/\n\s*/g, '')
const script = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/** `further`: another script beside the one of all pages. */
export function page(title: string, body: Markup, further?: 'index-script.js'): string {
  const css = style()
  const scripts = ['page-script.js', ...(further === undefined ? [] : [further])].map(script)
  const policy = [
    "default-src 'none'",
    `style-src ${digest(css)}`,
    `script-src ${scripts.map(digest).join(' ')}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return h`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(css)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the numbers</a>
<main id="main">
<button type="button" id="theme" hidden>Dark or light</button>
${body}
</main>
${scripts.map((text) => h`<script>${trusted(text)}</script>`)}
</body>
</html>
`.markup
}

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
