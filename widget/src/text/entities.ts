/** Character references, without a parser of HTML, which a page with Trusted Types does not allow. */

export const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,9}));/iy;

const NAMES =
  "amp& lt< gt> quot\" apos' nbsp\u00a0 copy© reg® trade™ hellip… mdash— ndash– lsquo‘ rsquo’ ldquo“ rdquo” laquo« raquo» bull• middot· deg° plusmn± times× divide÷ le≤ ge≥ ne≠ asymp≈ infin∞ rarr→ larr← uarr↑ darr↓ harr↔ rArr⇒ euro€ pound£ cent¢ sect§ para¶ micro\u00b5 frac12½ sup2² sup3³ alpha\u03b1 beta\u03b2 gamma\u03b3 delta\u03b4 theta\u03b8 lambda\u03bb mu\u03bc pi\u03c0 sigma\u03c3 omega\u03c9 Delta\u0394 Sigma\u03a3 Omega\u03a9";
const CHARACTERS = new Map(NAMES.split(" ").map((each) => [each.slice(0, -1), each.slice(-1)]));

/** The character of a match of `ENTITY`; the reference itself where it names none that is known. */
export function decoded(found: RegExpExecArray): string {
  const [whole, decimal, hexadecimal, name] = found;
  if (name) return CHARACTERS.get(name) ?? whole;
  const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal!, 16);
  return code > 0 && code < 0x110000 && (code < 0xd800 || code > 0xdfff)
    ? String.fromCodePoint(code)
    : "\ufffd";
}
