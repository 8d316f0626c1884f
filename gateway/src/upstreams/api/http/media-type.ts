/** Media types as they may stand in `Content-Type` (RFC 9110, section 8.3). */

const MEDIA_TYPE =
  /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:[\t ]*;[\t ]*[\w!#$&^.+-]+=(?:[\w!#$&^.+:/-]+|"[ !#-[\]-~]*"))*$/;

/** Whether a text is one concrete media type that can be sent as it is. */
export function isMediaType(text: string): boolean {
  return text.length <= 512 && MEDIA_TYPE.test(text);
}

/** The type without its parameters, in lower case. */
export function bareType(mediaType: string): string {
  return (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase();
}
