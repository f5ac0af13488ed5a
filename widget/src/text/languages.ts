/** Languages of highlight.js that have a file of their own (`lazy/language-<name>.js`), each followed by its other names. */

const NAMES =
  "abnf, accesslog, actionscript as, ada, angelscript asc, apache apacheconf, applescript osascript, " +
  "arcade, arduino ino, armasm arm, asciidoc adoc, aspectj, autohotkey ahk, autoit, avrasm, awk, " +
  "axapta x++, basic, bnf, brainfuck bf, cal, capnproto capnp, ceylon, clean icl dcl, clojure-repl, " +
  "clojure clj edn, cmake cmake.in, coffeescript coffee cson iced, coq, cos cls, crmsh crm pcmk, " +
  "crystal cr, csharp cs c#, csp, d, dart, delphi dpr dfm pas pascal, django jinja, dns bind zone, " +
  "dockerfile docker, dos bat batch cmd, dsconfig, dts, dust dst, ebnf, elixir ex exs, elm, erb, " +
  "erlang-repl, erlang erl, excel xlsx xls, fix, flix, fortran f90 f95, freedesktop desktop systemd, " +
  "fsharp fs f#, gams gms, gauss gss, gcode nc, gherkin feature, glsl, go golang, golo, gradle, " +
  "graphql gql, groovy, haml, handlebars hbs html.hbs html.handlebars htmlbars, haskell hs, haxe hx, hsp, " +
  "http https, hy hylang, inform7 i7, irpf90, jboss-cli wildfly-cli, julia-repl jldoctest, julia, " +
  "kotlin kt kts ktm ktx, lasso ls lassoscript, latex tex, ldif, leaf, less, lisp, livecodeserver, " +
  "livescript ls, llvm, lsl, lua pluto, makefile mk mak make, matlab, maxima, mel, mercury m moo, " +
  "mipsasm mips, mizar, mojolicious, monkey, moonscript moon, n1ql, nestedtext nt, nginx nginxconf, nim, " +
  "nix nixos, node-repl, nsis, objectivec mm objc obj-c obj-c++ objective-c++, ocaml ml, openscad scad, " +
  "oxygene, parser3, perl pl pm, pf pf.conf, pgsql postgres postgresql, php-template, php, " +
  "plaintext text txt, pony, powershell pwsh ps ps1, processing pde, profile, prolog, properties, " +
  "protobuf proto, puppet pp, purebasic pb pbi, python-repl pycon, q k kdb, qml qt, r, reasonml re, rib, " +
  "roboconf graph instances, routeros mikrotik, rsl, ruby rb gemspec podspec thor irb, ruleslanguage, sas, " +
  "scala, scheme scm, scilab sci, scss, shell console shellsession, smali, smalltalk st, sml ml, " +
  "stan stanfuncs, stata do ado, step21 p21 step stp, stylus styl, subunit, swift, taggerscript, tap, " +
  "tcl tk, thrift, tp, twig craftcms, vala, vbnet vb, vbscript-html, vbscript vbs, verilog v sv svh, vhdl, " +
  "vim, wasm, wren, x86asm, xl tao, xquery xpath xq xqm, zephir zep";

/** The name of the file for each name of a language. */
export const FILES: ReadonlyMap<string, string> = new Map(
  NAMES.split(", ").flatMap((each) => {
    const names = each.split(" ");
    return names.map((name): [string, string] => [name, names[0]!]);
  }),
);
