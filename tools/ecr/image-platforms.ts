// For which platforms an image is built, as far as its manifest says: an index lists them, a manifest of one image does not,
// since the architecture is in the image's configuration. https://github.com/opencontainers/image-spec/blob/main/image-index.md

import { oneLine } from '../text-lines.ts';

const PLATFORMS_MAX = 20;

/** Such as `linux/arm64`; null when the manifest does not say or cannot be read. */
export function platformsIn(manifest: string | undefined): string[] | null {
  const list = manifestsIn(manifest);
  const platforms = list.flatMap((one) => {
    if (!isObject(one) || !isObject(one.platform)) return [];
    const { os, architecture, variant } = one.platform;
    // Attestations are listed next to the images with this platform.
    if (os === 'unknown' || architecture === 'unknown') return [];
    return [[os, architecture, variant].filter((part) => typeof part === 'string').join('/')];
  });
  return platforms.length === 0 ? null : platforms.slice(0, PLATFORMS_MAX).map((one) => oneLine(one, 60));
}

function manifestsIn(manifest: string | undefined): unknown[] {
  try {
    const value: unknown = JSON.parse(manifest ?? '');
    return isObject(value) && Array.isArray(value.manifests) ? value.manifests : [];
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
