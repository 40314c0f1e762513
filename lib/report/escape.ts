const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for XML and HTML, in elements and attributes. */
export function escapeXml(text: string): string {
  // Control characters are not allowed in XML at all.
  const plain = text.replace(/\p{Cc}/gu, (found) => (/\s/.test(found) ? found : '\ufffd'));
  return plain.replace(/[&<>"']/g, (found) => entities[found]);
}

/** A value as JSON that may stand in a script element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
