extension StyleSheet {
    /// Tables, which become cards on phones, with their filter bar, bulk bar and pager.
    static let tables = """
        @layer component{
        .k-bar{display:flex;flex-wrap:wrap;gap:var(--s-3);align-items:center;padding:var(--s-4) var(--s-5);border-bottom:1px solid var(--line)}
        .k-bar .k-search{max-width:300px;flex:1 1 200px;margin-right:0} .k-bar .k-filter{flex:1 1 260px;position:relative} .k-bar .k-filter .k-input{padding-left:32px} .k-bar .k-filter>.k-icon{position:absolute;left:10px;top:calc(var(--h-ctl)/2 - 8px);width:16px;height:16px;color:var(--fg-3)}
        .k-bar .k-sort{flex:0 1 160px}
        .k-bar-notes{display:grid;gap:var(--s-3);padding:var(--s-4) var(--s-5);border-bottom:1px solid var(--line)} .k-point{display:block;padding:8px 10px;border-radius:var(--r-2);background:var(--n-2);font-family:var(--mono);font-size:var(--fs-2);white-space:pre-wrap} .k-point mark{background:var(--bad-soft);color:var(--bad);text-decoration:underline wavy var(--bad);text-underline-offset:3px}
        .k-examples{display:grid;gap:var(--s-2);font-size:var(--fs-2);color:var(--fg-2)} .k-examples code{padding:1px 6px;background:var(--n-2);border-radius:var(--r-1)}
        .k-scroll{overflow-x:auto;overscroll-behavior-x:contain;position:relative}
        .k-table{width:100%} .k-table th,.k-table td{height:var(--h-row);padding:0 var(--pad-cell);text-align:left;border-bottom:1px solid var(--line);white-space:nowrap;max-width:300px;overflow:hidden;text-overflow:ellipsis}
        .k-table tr>:first-child{padding-left:var(--s-5)} .k-table tr>:last-child{padding-right:var(--s-5)}
        .k-table th{height:36px;font-size:var(--fs-2);font-weight:400;color:var(--fg-3)} .k-table tbody tr:last-child>*{border-bottom:0}
        .k-table .k-end{text-align:right} .k-table tbody tr:hover{background:var(--n-1)} .k-table tr[data-href]{cursor:pointer} .k-table tbody tr:has(.k-pick:checked){background:var(--accent-soft)}
        .k-table .k-wrap{white-space:normal;min-width:180px;max-width:none;padding-block:8px}
        .k-table th a{display:inline-flex;align-items:center;gap:3px;color:inherit} .k-table th a:hover{color:var(--fg);text-decoration:none} .k-table th .k-icon{width:14px;height:14px;opacity:.55} .k-table th[aria-sort] .k-icon,.k-table th a:hover .k-icon{opacity:1} .k-table th[aria-sort]{color:var(--fg)}
        .k-table .k-name a{color:var(--fg);font-weight:600} .k-table .k-name{max-width:340px} .k-table .k-pick-cell{width:40px;padding-right:0;overflow:visible;text-overflow:clip} .k-pick-cell label{display:grid;place-items:center;width:24px;height:24px}
        .k-table .k-link{color:var(--fg-2)} .k-table .k-link:hover{color:var(--accent)} .k-table form{display:inline}
        .k-table .k-cell-actions{display:flex;gap:var(--s-2);justify-content:flex-end;align-items:center;height:var(--h-row)}
        tr.k-off{color:var(--fg-3)} .k-new{animation:k-new 2s} @keyframes k-new{from{background:var(--accent-soft)}}
        .k-bulk{display:none;position:sticky;bottom:0;z-index:2;flex-wrap:wrap;gap:var(--s-3);align-items:center;padding:10px var(--s-5);background:var(--n-0);border-top:1px solid var(--line);box-shadow:0 -6px 16px rgb(15 23 42/.06)} .k-list:has(.k-pick:checked) .k-bulk{display:flex} .k-bulk .k-input{width:auto;min-width:150px} .k-bulk-count{font-weight:600;margin-right:var(--s-3)}
        @supports not selector(:has(a)){.k-bulk{display:flex}}
        .k-pager{display:flex;align-items:center;gap:var(--s-3);padding:10px var(--s-5);border-top:1px solid var(--line);color:var(--fg-3);font-size:var(--fs-2)} .k-pager span{margin-right:auto}
        .k-matrix th,.k-matrix td{text-align:center} .k-matrix tr>:first-child{text-align:left;position:sticky;left:0;background:var(--n-0);z-index:1} .k-matrix .k-input{width:auto;min-width:96px} .k-matrix td{padding-block:4px} .k-matrix input{vertical-align:middle} .k-matrix tbody th{color:var(--fg);font-size:var(--fs-3)}
        .k-diff{display:grid;gap:2px;font-size:var(--fs-2)} .k-diff del{color:var(--fg-3)} .k-diff ins{text-decoration:none}
        @media (max-width:640px){
        .k-bar,.k-pager,.k-bulk{padding-inline:var(--s-4)} .k-bar .k-search{flex:1 1 140px;max-width:none} .k-bar .k-sort{flex:1 1 100px} .k-bar .k-filter{flex:1 1 200px} .k-bulk{bottom:calc(57px + env(safe-area-inset-bottom))}
        .k-cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)} .k-cards,.k-cards tbody,.k-cards tr{display:block}
        .k-cards tr{position:relative;display:flex;flex-wrap:wrap;align-items:center;gap:var(--s-2) var(--s-4);padding:var(--s-4);border-bottom:1px solid var(--line)} .k-cards tbody tr:last-child{border-bottom:0}
        .k-cards tr>td,.k-cards tr>th,.k-cards tr>:first-child,.k-cards tr>:last-child{display:block;height:auto;padding:0;border:0;max-width:none;min-width:0;background:none} .k-cards .k-end{text-align:left}
        .k-cards td[data-label]:not(:has(>.k-badge,>.k-person,>.k-phone,>.k-tag))::before{content:attr(data-label) " ";font-size:var(--fs-1);color:var(--fg-3)} .k-cards td:has(>.k-none){display:none}
        .k-cards .k-name{flex:1 1 100%;font-size:var(--fs-4);padding-bottom:var(--s-2)!important;white-space:normal} .k-cards .k-pick-cell~.k-name{padding-right:44px!important} .k-cards .k-name a::after{content:"";position:absolute;inset:0} .k-cards .k-link,.k-cards form,.k-cards button,.k-cards .k-wrap,.k-cards details{position:relative;z-index:1}
        .k-cards td:has(>select){flex:1 1 100%;display:flex!important;flex-wrap:wrap;align-items:center;gap:var(--s-3);overflow:visible} .k-cards td:has(>select)::before{white-space:nowrap} .k-cards td>select{flex:1 1 0;min-width:0} .k-cards td:has(>select)>:is(p,details){flex:1 1 100%} .k-cards td:empty{display:none!important}
        .k-cards .k-pick-cell{position:absolute;right:var(--s-3);top:var(--s-3);width:auto;z-index:1} .k-cards .k-pick-cell label{width:44px;height:44px;margin:-10px -6px 0 0}
        .k-cards .k-wrap,.k-cards .k-cell-wide,.k-cards td:has(>.k-cell-actions){flex:1 1 100%} .k-cards .k-cell-actions{display:flex;height:auto;justify-content:flex-start;margin-top:var(--s-3)}
        }
        }
        """
}
