// A photo, made small in the browser before it is sent.

/** The longer side of what is sent, in pixels: more than any model here looks at. */
const SIDE = 1280;
const QUALITY = 0.86;

/**
 * A photo ready to be sent: `{ blob, url, width, height }`, upright, without metadata, `url` for an
 * `img`. A file that this browser can not read is sent as it is, with `url` null: the service reads
 * more formats, and says what is wrong.
 */
export async function prepare(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return { blob: file, url: null, width: 0, height: 0 };
  }
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  return { blob, url: URL.createObjectURL(blob), width, height };
}

/** The bytes as base64, as a photo stands in JSON. */
export async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
