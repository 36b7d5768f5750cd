// @ts-check
// @cases tests/parse/serials.json
// Digests of serial numbers, by which a page recognises a scanned piece; the same as in supplies/rules/serials.py.

const OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const PRIME = 0x0000000001000000000000000000013bn;
const DIGESTS = /^x[0-9a-f]{18}(\.x[0-9a-f]{18})*$/;

/** @param {string} key of `lotKey` @returns {string} 19 characters */
export function digestOf(key) {
  let value = OFFSET;
  for (const byte of new TextEncoder().encode(key)) value = BigInt.asUintN(128, (value ^ BigInt(byte)) * PRIME);
  return `x${BigInt.asUintN(72, value ^ (value >> 56n)).toString(16).padStart(18, "0")}`;
}

/** A text `item:digest` for each piece, from the data of a page or an older draft. @param {string[]} texts @returns {string[]} */
export function piecesOf(texts) {
  return texts.flatMap((text) => {
    const at = text.indexOf(":");
    const [item, rest] = [text.slice(0, at), text.slice(at + 1)];
    return (DIGESTS.test(rest) ? rest.split(".") : [digestOf(rest)]).map((digest) => `${item}:${digest}`);
  });
}
