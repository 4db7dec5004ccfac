extension Page {
    /// What stands between the tags of the style element: the policy has the hash of exactly this.
    static var stylesheet: String { "\(stylesheetText)" }

    static let stylesheetText: StaticString = """
        :root {
          color-scheme: light dark;
          --ground: #ffffff; --text: #1d2129; --soft: #59606d; --line: #d9dce2; --raised: #f4f5f8; --link: #1a53b0;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #14161b; --text: #e4e6eb; --soft: #a0a7b4; --line: #343943; --raised: #1e2128; --link: #8db4ff;
          }
        }
        * { box-sizing: border-box; }
        html { scroll-padding-top: 1rem; }
        body {
          margin: 0; background: var(--ground); color: var(--text);
          font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere;
        }
        a { color: var(--link); }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--raised); z-index: 1; }
        nav { padding: 1rem 1.25rem; background: var(--raised); font-size: .875rem; }
        nav h2 { font-size: .875rem; margin: 1.25rem 0 .25rem; }
        nav ul { list-style: none; margin: 0; padding: 0; }
        nav li a { display: block; padding: .3rem 0; text-decoration: none; color: inherit; }
        nav li a:hover { text-decoration: underline; }
        main { padding: 1rem 1.25rem 4rem; max-width: 56rem; }
        h1 { font-size: 1.75rem; line-height: 1.2; }
        h2 { font-size: 1.375rem; margin: 3rem 0 .5rem; }
        h3 { font-size: 1.0625rem; margin: 0 0 .5rem; }
        h4 { font-size: .9375rem; margin: 1.25rem 0 .25rem; color: var(--soft); }
        p { margin: .4rem 0; }
        .lead { font-size: 1.125rem; color: var(--soft); }
        .summary, .fields strong { font-weight: 600; }
        .fields strong { font-size: .875rem; }
        article, details { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; }
        details { padding: .5rem 1rem; }
        details > [id] { scroll-margin-top: 4rem; }
        summary { cursor: pointer; padding: .25rem 0; }
        .method { display: inline-block; min-width: 4.5em; font: 700 .75rem/1.6 ui-monospace, monospace; }
        code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .875em; }
        pre { background: var(--raised); padding: .75rem 1rem; border-radius: .375rem; overflow-x: auto; }
        pre code { overflow-wrap: normal; }
        .fields { list-style: none; margin: 0; padding: 0; }
        .fields .fields { margin: .5rem 0 0; padding-left: 1rem; border-left: 2px solid var(--line); }
        .fields > li { padding: .5rem 0; border-top: 1px solid var(--line); }
        .fields p { color: var(--soft); }
        .type { color: var(--soft); font-size: .875rem; }
        @media (min-width: 64rem) {
          body { display: grid; grid-template-columns: 21rem minmax(0, 1fr); }
          nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border-right: 1px solid var(--line); }
          main { padding: 1rem 3rem 6rem; }
        }
        @media print { nav { display: none; } }
        """
}
