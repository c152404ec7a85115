import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../errors.ts';
import { packageFolder } from '../record/file/ownPackage.ts';
import type { Recorded } from '../record/file/readRecording.ts';
import { pictureOf } from './picture.ts';
import type { Sound } from './sound.ts';

export interface TimelineConfig {
  /** The title of the page. Default `recording`. */
  readonly name?: string;
  /** The WAV beside the recording (`openSound`). Without it, bars show when each side was heard. */
  readonly sound?: Sound | undefined;
}

/**
 * Turns a recorded call into one HTML page that needs no other file: a lane each for the caller, Flux, drafts, tokens, sentences, the
 * agent as heard, latency, cuts and faults. Pointing at an event shows it in words, with its cause.
 *
 * Transcripts and replies are drawn as text, never as markup. The `Content-Security-Policy` of the page allows only its own script,
 * and no request but that for the sound.
 */
export function timeline(recording: Recorded, { name = 'recording', sound }: TimelineConfig = {}): string {
  const script = part('js');
  const style = part('css');
  const policy = [
    `default-src 'none'`,
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    `media-src data: file: 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en" data-sluice="timeline">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(name)} – timeline</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<noscript>This page needs JavaScript to draw the call.</noscript>',
    `<script type="application/json" id="picture">${inScript(JSON.stringify(pictureOf(recording, name, sound)))}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** The script or the style sheet of the page, as `npm run build` bundles it. */
function part(extension: 'js' | 'css'): string {
  const path = join(packageFolder(), 'dist', 'page', `timeline.${extension}`);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new SluiceError('no-page', `The page of timelines is not built: run "npm run build".`, { cause: error });
  }
}

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** Escapes JSON inside a page, so that nothing in it ends its element. */
const inScript = (json: string) => json.replaceAll('<', '\\u003c');

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replace(/[&<>"']/gu, (letter) => entities[letter] ?? letter);
