import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../errors.ts';
import { packageFolder } from '../record/file/ownPackage.ts';
import type { Recorded } from '../record/file/readRecording.ts';
import { pictureOf } from './picture.ts';
import type { Sound } from './sound.ts';

export interface TimelineConfig {
  /** What the page is called. Default `recording`. */
  readonly name?: string;
  /** The WAV beside the recording (`openSound`). Without it, bars stand for who was heard. */
  readonly sound?: Sound | undefined;
}

/**
 * A recorded call as one HTML page that needs nothing else: a lane for each of the caller, Flux, drafts, tokens, sentences, the
 * agent as heard, latency, cuts and faults; what it shows is told in words, with its cause, when pointed at.
 *
 * What people and models said is data: it is drawn as text, and the page's own rules (`Content-Security-Policy`) let no script
 * run but its own, and nothing be fetched but the sound.
 */
export function timeline(recording: Recorded, { name = 'recording', sound }: TimelineConfig = {}): string {
  const [script, style] = ['js', 'css'].map(part);
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
    '<noscript>This page draws a call, for which it needs JavaScript.</noscript>',
    `<script type="application/json" id="picture">${inScript(JSON.stringify(pictureOf(recording, name, sound)))}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** A part of the page, as `npm run build` has made it. */
function part(extension: string): string {
  const path = join(packageFolder(), 'dist', 'page', `timeline.${extension}`);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new SluiceError('no-page', `The page that timelines are shown in is not built: run "npm run build".`, { cause: error });
  }
}

const hashOf = (text: string | undefined) =>
  `sha256-${createHash('sha256')
    .update(text ?? '')
    .digest('base64')}`;

/** JSON that stands in a page: nothing in it ends the element it is in. */
const inScript = (json: string) => json.replaceAll('<', '\\u003c');

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replace(/[&<>"']/gu, (letter) => entities[letter] ?? letter);
