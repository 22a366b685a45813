/** The style of the statistics page: no fonts, images or scripts from elsewhere. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --paper: #f4f6f9; --card: #fff; --ink: #17202c; --soft: #576374; --line: #e1e6ec; --head: #f0f3f7;
  --accent: #2f4fb5; --up: #126b34; --up-back: #dcf3e3; --going: #805500; --going-back: #ffefc7;
  --down: #b3202a; --down-back: #fde3e3; --maint: #75470f; --maint-back: #f5e4d0;
  --drain: #1d5a9c; --drain-back: #dcebfb; --none: #4f5b6b; --none-back: #e8ecf1; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #11151b; --card: #191f28; --ink: #e6ebf2; --soft: #9ca8b8; --line: #2b3440; --head: #202833;
  --accent: #a6baff; --up: #7be29d; --up-back: #17351f; --going: #f4ca68; --going-back: #3b3011;
  --down: #ff9a9a; --down-back: #471b1e; --maint: #e8bb82; --maint-back: #3a2b17;
  --drain: #9bc8ff; --drain-back: #182e48; --none: #a7b2c1; --none-back: #27303c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 110rem; padding: 1.25rem clamp(.75rem, 2vw, 2rem) 3rem;
  background: var(--paper); color: var(--ink); font: 14px/1.4 system-ui, sans-serif; }
h1 { font-size: 1.45rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .6rem 0; } .soft, small { color: var(--soft); }
small { display: block; font-size: .85em; font-weight: 400; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: .3rem; }
header { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline; }
header p { margin: 0; } header nav { margin-left: auto; }
nav { display: flex; flex-wrap: wrap; gap: .4rem; }
nav a { background: var(--card); border: 1px solid var(--line); border-radius: .45rem;
  padding: .2rem .65rem; text-decoration: none; } nav a:hover { border-color: var(--accent); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .6rem;
  margin: 1rem 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .55rem .8rem; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; }
dd small { display: inline; font-size: .85rem; }
.overview { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center; }
.overview nav { margin-left: auto; }
.states { display: flex; flex-wrap: wrap; gap: .35rem; margin: 0; padding: 0; list-style: none; }
.state { display: inline-block; border-radius: 1rem; padding: .05rem .6rem; font-weight: 650;
  font-size: .9em; white-space: nowrap; }
.up { color: var(--up); background: var(--up-back); }
.going { color: var(--going); background: var(--going-back); }
.down { color: var(--down); background: var(--down-back); }
.maint { color: var(--maint); background: var(--maint-back); }
.drain { color: var(--drain); background: var(--drain-back); }
.none { color: var(--none); background: var(--none-back); }
.tag { border: 1px solid var(--line); border-radius: .3rem; padding: 0 .35rem; color: var(--soft);
  font-size: .8em; font-weight: 400; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .7rem;
  margin: 1rem 0; overflow: hidden; scroll-margin: 1rem; }
.title { display: flex; flex-wrap: wrap; gap: .3rem .7rem; align-items: center;
  padding: .7rem .9rem; }
.title .states { margin-left: auto; font-size: .9em; }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline-offset: -2px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .4rem; text-align: right; vertical-align: top; }
tbody tr { border-top: 1px solid var(--line); }
thead th { background: var(--head); padding-block: .2rem; font-weight: 500; font-size: .85em;
  color: var(--soft); vertical-align: bottom; }
thead .edge[colspan] { text-align: left; color: var(--ink); }
.text, tbody th { text-align: left; } .edge { border-left: 1px solid var(--line); }
th.text:first-child { min-width: 9rem; padding-left: .9rem; } th.text + th.text { min-width: 5.5rem; }
tbody th { font-weight: 600; padding-left: .9rem; position: sticky; left: 0; background: var(--card); }
th.pick, td.pick { width: 1rem; padding: .35rem 0 .35rem .9rem; }
.act { display: flex; flex-wrap: wrap; gap: .5rem; padding: .6rem .9rem; margin: 0;
  border-top: 1px solid var(--line); } .outcome { border-radius: .45rem; padding: .45rem .8rem; }
tr.side > *, tbody tr:hover > * { background: var(--head); }
tr.side td { font-weight: 600; } td.zero { color: var(--soft); font-weight: 400; }
td.bad { color: var(--down); font-weight: 650; }
td small { max-width: 16rem; overflow: hidden; text-overflow: ellipsis; }
@media (max-width: 40rem) {
  header nav, .overview nav, .title .states { margin-left: 0; }
  .facts { grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  table, tbody { display: block; white-space: normal; }
  tbody tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.6rem, 1fr));
    gap: .4rem .6rem; padding: .7rem .9rem; }
  tr.side, tbody tr:hover { background: var(--head); }
  tbody th, tbody td, tbody td.edge { padding: 0; border: 0; text-align: left; min-width: 0;
    overflow-wrap: anywhere; }
  tbody th { position: static; grid-column: 1 / -2; } td.text { grid-column: -2; text-align: right; }
  td:empty, td.zero:not([data-label="Sessions"]) { display: none; }
  td[data-label]::before { content: attr(data-label); display: block; color: var(--soft);
    font-size: .85em; font-weight: 400; } }
@media print { body { background: #fff; } section { break-inside: avoid; } }
`;
