import assert from "node:assert/strict";
import { test } from "node:test";
import pageside, { validateOptions } from "../src/index.js";
import { attributes, checked } from "../src/options.js";

test("nothing needs to be said", () => {
  const options = checked();

  assert.equal(options.server, "");
  assert.deepEqual(Object.keys(attributes(options)), ["data-selector"]);
});

test("what the script is told are attributes", () => {
  const options = checked({ server: "https://chat.example/", starters: ["Why?", "How?"], open: true, position: "left" });

  assert.deepEqual(attributes(options), {
    "data-server": "https://chat.example",
    "data-starters": "Why?\nHow?",
    "data-selector": ".theme-doc-markdown",
    "data-position": "left",
    "data-open": true,
  });
});

for (const [given, said] of [
  [{ sever: "" }, /"sever" is no option; there are server,/],
  [{ server: "chat.example" }, /"server" must be an address such as/],
  [{ server: "https://chat.example/?a" }, /"server" must be an address/],
  [{ server: 1 }, /"server" must be an address .* not 1/],
  [{ assets: "copy" }, /"assets": "copy" needs "server"/],
  [{ assets: "cdn" }, /"assets" must be "server" or "copy", and not "cdn"/],
  [{ starters: "Why?" }, /"starters" must be a list of questions/],
  [{ starters: ["a|b"] }, /without \|/],
  [{ open: "yes" }, /"open" must be true or false/],
  [{ title: 1, position: "top" }, /"title" must be a string.*"position" must be/],
]) {
  test(`the build stops for ${JSON.stringify(given)}`, () => {
    assert.throws(() => validateOptions({ options: given }), said);
  });
}

test("the script comes from the server, or from the site below its base", () => {
  const src = (options) => pageside({ baseUrl: "/book/ur/" }, checked(options)).injectHtmlTags().headTags[0].attributes.src;

  assert.equal(src({}), "/loader.js");
  assert.equal(src({ server: "https://chat.example" }), "https://chat.example/loader.js");
  assert.equal(src({ server: "https://chat.example", assets: "copy" }), "/book/ur/pageside/loader.js");
});

test("the development server hands on what the assistant asks", () => {
  const was = process.env.NODE_ENV;
  process.env.NODE_ENV = "development";
  try {
    const plugin = pageside({ baseUrl: "/" }, checked({ devServer: "http://127.0.0.1:9000" }));

    assert.equal(plugin.configureWebpack({}, false).devServer.proxy[0].target, "http://127.0.0.1:9000");
    assert.deepEqual(plugin.configureWebpack({}, true), {});
  } finally {
    process.env.NODE_ENV = was;
  }
});
