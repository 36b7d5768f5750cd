// @ts-check
// @cases tests/parse/codes.json
// Keys by which codes and lot numbers are compared; webapp/kernel/parse/codes.py does the same, and tests/parse/codes.json
// runs against both.

const DASHES = /[\u002d\u00ad\u058a\u05be\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2e3a\u2e3b\u301c\u30a0]/gu;
const IGNORABLE = /[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/gu;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/gu;

/** The key of a lot number: NFKC, upper case, without invisible characters. @param {string | null | undefined} text */
export const lotKey = (text) => (text ?? "").normalize("NFKC").toUpperCase().normalize("NFKC").replace(IGNORABLE, "").replace(UNSEEN, "").normalize("NFKC");

/** The key of a code: as `lotKey`, without hyphens (h02 is H-02). @param {string | null | undefined} text */
export const codeKey = (text) => lotKey((text ?? "").replace(DASHES, "")).replace(DASHES, "");

/** A code as printed on labels: capital letters, ASCII digits, plain hyphens. @param {string | null | undefined} text */
export const writtenCode = (text) => lotKey(lotKey((text ?? "").replace(DASHES, "-")).replace(DASHES, "-"));
