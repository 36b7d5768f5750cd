// What the front-end libraries of webapp/static/vendor put into the page.
declare const parseBarcode: ((text: string) => any) | undefined;
