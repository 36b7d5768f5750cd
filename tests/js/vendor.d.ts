// What the front-end libraries of webapp/static/vendor put into the page.
declare const parseBarcode: ((text: string) => any) | undefined;
// The fields that a person filled in before the modules were here (js/loader.js).
declare var filledEarly: Set<any> | undefined;
