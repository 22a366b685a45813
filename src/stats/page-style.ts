/** The style of the statistics page: no fonts, images or scripts from elsewhere. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --paper: #f6f7f9; --card: #fff; --ink: #1b2330; --soft: #5b6675; --line: #dfe4ea; --head: #eef1f5;
  --accent: #3451b2; --up: #17803d; --up-back: #e3f5e9; --going: #9a6700; --going-back: #fff4d6;
  --down: #c0262d; --down-back: #fde7e7; --maint: #7a4b12; --maint-back: #f7e9d7;
  --drain: #2563a8; --drain-back: #e1eefc; --none: #5b6675; --none-back: #eef1f5; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #12161c; --card: #1a2029; --ink: #e4e9f0; --soft: #9aa6b5; --line: #2c3542; --head: #222a35;
  --accent: #9db4ff; --up: #6fdc94; --up-back: #16341f; --going: #f2c55c; --going-back: #3a2f10;
  --down: #ff8f8f; --down-back: #43191b; --maint: #e2b277; --maint-back: #3a2a16;
  --drain: #8fc1ff; --drain-back: #172c45; --none: #9aa6b5; --none-back: #222a35; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.25rem clamp(.75rem, 2vw, 2rem) 3rem; background: var(--paper);
  color: var(--ink); font: 14px/1.45 system-ui, sans-serif; }
a { color: var(--accent); } a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
header { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; align-items: baseline; }
h1 { font-size: 1.35rem; margin: 0; } h2 { font-size: 1.05rem; margin: 0; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-left: auto; }
.soft { color: var(--soft); }
dl.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem;
  margin: 1rem 0; }
dl.facts div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .45rem .7rem; }
dl.facts dt { color: var(--soft); font-size: .8rem; }
dl.facts dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  margin: 1rem 0; overflow: hidden; }
.title { display: flex; flex-wrap: wrap; gap: .25rem .8rem; align-items: baseline;
  padding: .6rem .8rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums;
  white-space: nowrap; font-size: .86rem; }
th, td { padding: .28rem .5rem; text-align: right; border-top: 1px solid var(--line); }
thead th { background: var(--head); font-weight: 600; color: var(--soft); }
thead tr:first-child th { text-align: center; border-left: 1px solid var(--line); }
tbody th { text-align: left; font-weight: 600; position: sticky; left: 0; background: var(--card); }
td.text { text-align: left; } td.edge, th.edge { border-left: 1px solid var(--line); }
tbody tr:hover td, tbody tr:hover th { background: var(--head); }
tr.side th, tr.side td { font-weight: 600; } td.zero { color: var(--soft); opacity: .65; }
td.bad { color: var(--down); font-weight: 700; }
.state { display: inline-block; border-radius: 1rem; padding: 0 .6rem; font-weight: 600; }
.up { color: var(--up); background: var(--up-back); }
.going { color: var(--going); background: var(--going-back); }
.down { color: var(--down); background: var(--down-back); }
.maint { color: var(--maint); background: var(--maint-back); }
.drain { color: var(--drain); background: var(--drain-back); }
.none { color: var(--none); background: var(--none-back); }
.legend { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; padding: 0; list-style: none;
  font-size: .82rem; }
@media print { body { background: #fff; } section { break-inside: avoid; } }
`;
