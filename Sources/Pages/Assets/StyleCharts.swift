extension StyleSheet {
    /// Charts and statements.
    static let charts = """
        @layer component{
        .k-chart{margin:0;padding:var(--s-4) var(--s-5);max-width:560px} .k-chart figcaption{font-weight:600;margin-bottom:var(--s-3)} .k-chart-wide{max-width:none} .k-chart-pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr))} .k-chart-pair .k-chart{max-width:none}
        .k-chart svg{width:100%;height:auto;overflow:visible} .k-chart a:focus-visible>*{stroke:var(--fg);stroke-width:2}
        .k-tone-1{fill:var(--c1)} .k-tone-2{fill:var(--c2)} .k-tone-3{fill:var(--c3)} .k-tone-4{fill:var(--c4)} .k-tone-5{fill:var(--c5)}
        .k-chart-line{fill:none;stroke-width:2} .k-chart-line.k-tone-1{stroke:var(--c1)} .k-chart-line.k-tone-2{stroke:var(--c2)} .k-chart-line.k-tone-3{stroke:var(--c3)} .k-chart-line.k-tone-4{stroke:var(--c4)} .k-chart-line.k-tone-5{stroke:var(--c5)}
        .k-chart-area{fill:var(--c1);opacity:.14} .k-chart-grid{stroke:var(--line)} .k-chart-zero{stroke:var(--line-strong)}
        .k-chart-tick{fill:var(--fg-3);font-size:12px;font-variant-numeric:tabular-nums}
        .k-chart-legend{display:flex;flex-wrap:wrap;gap:var(--s-2) var(--s-4);margin-bottom:var(--s-3);font-size:var(--fs-2);color:var(--fg-2)} .k-chart-legend li{display:flex;align-items:center;gap:var(--s-2)} .k-chart .k-chart-legend svg{width:10px;height:10px}
        @media (max-width:600px){.k-chart-plot{overflow-x:auto} .k-chart-plot svg{width:480px;max-width:none} .k-chart-wide .k-chart-plot svg{width:960px}}
        .k-brush-mark{fill:var(--accent);opacity:.16} [data-brush] svg{touch-action:pan-y;cursor:crosshair;user-select:none} .k-brush-small{display:none} .k-brush-said{min-height:24px;padding:0 var(--s-5) var(--s-4);font-weight:600} @media (max-width:600px){.k-brush-wide{display:none} .k-brush-small{display:block} .k-brush-small .k-chart-plot svg{width:100%}}
        .k-chart-data{margin-top:var(--s-3);font-size:var(--fs-2)} .k-chart-data summary{color:var(--accent);padding:var(--s-2) 0}
        .k-chart-data .k-scroll{max-height:320px;overflow:auto}
        .k-statement td,.k-statement th{padding:var(--s-3) var(--pad-cell);border-bottom:1px solid var(--line);white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums} .k-statement th:first-child{text-align:left;position:sticky;left:0;background:var(--n-0)} .k-statement tr.k-sum>*{font-weight:600;background:var(--n-1)} .k-statement .k-minus,.k-statement .k-minus a{color:var(--bad)} .k-statement .k-part th{color:var(--fg-3);font-size:var(--fs-2);padding-top:var(--s-5)} .k-statement{width:100%} .k-statement tbody th{font-weight:400}
        @media (min-width:801px){.k-with-total tr:not(.k-part)>:last-child{position:sticky;right:0;background:var(--n-0);border-left:1px solid var(--line)} .k-with-total tr.k-sum>:last-child{background:var(--n-1)}}
        @media (max-width:640px){.k-statement th:first-child{white-space:normal;min-width:104px;max-width:132px}}
        .k-closing>form.k-row{flex-wrap:nowrap} .k-tier+.k-tier{border-top:1px solid var(--line)} .k-tier legend{padding:var(--s-4) var(--s-5);font-weight:600;float:left;width:100%} .k-tier legend+*{clear:both} .k-tier .k-stats{border-radius:0} .k-tier .k-stats dd{font-size:var(--fs-4)} .k-tier-inputs{display:grid;grid-template-columns:repeat(auto-fill,minmax(140px,1fr));gap:var(--s-4);padding:var(--s-4) var(--s-5);align-items:end} .k-tier-inputs label,.k-tier-inputs span{display:grid;gap:5px;font-size:var(--fs-2);color:var(--fg-2)}
        }
        """
}
