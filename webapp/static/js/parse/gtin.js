// @ts-check
// The check digit of GS1 item numbers. Apart from gs1.js, because every page with a scan box needs only this.

/** Whether the check digit is right. @param {string} digits */
export function isGtin(digits) {
  const sum = [...digits].reverse().reduce((total, digit, at) => total + Number(digit) * (at % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}
