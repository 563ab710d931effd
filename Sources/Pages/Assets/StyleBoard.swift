extension StyleSheet {
    /// Boards.
    static let board = """
        @layer component{
        .k-board-bar{margin-bottom:var(--s-5);border-radius:var(--r-3)} .k-board-bar .k-bar:last-child{border-bottom:0}
        .k-board{display:flex;gap:var(--s-4);overflow-x:auto;padding-bottom:var(--s-4);align-items:flex-start;scrollbar-gutter:stable}
        .k-lane{flex:1 0 204px;max-width:360px;min-width:0;background:var(--n-2);border-radius:var(--r-3);padding:var(--s-3)} .k-lane>header{display:flex;align-items:baseline;gap:var(--s-3);padding:var(--s-2) var(--s-3) var(--s-3)} .k-lane h2{font-size:var(--fs-3)} .k-lane-count{color:var(--fg-3);font-size:var(--fs-2)} .k-lane-sum{margin-left:auto;font-size:var(--fs-2);color:var(--fg-2);font-weight:600} .k-lane-won h2::before,.k-lane-lost h2::before{content:"";display:inline-block;width:8px;height:8px;border-radius:50%;background:var(--ok);margin-right:6px} .k-lane-lost h2::before{background:var(--bad)}
        .k-cards-list{display:grid;gap:var(--s-3);min-height:64px;align-content:start} .k-lane-empty::before{content:attr(data-empty);display:grid;place-items:center;min-height:60px;border:1px dashed var(--line-strong);border-radius:var(--r-2);color:var(--fg-3);font-size:var(--fs-2)}
        .k-card{position:relative;padding:10px var(--s-4);background:var(--n-0);border:1px solid var(--line);border-radius:var(--r-2);box-shadow:var(--shadow-1)} .k-card[data-action]{cursor:grab} .k-card:hover{border-color:var(--line-strong)} .k-card[aria-busy]{opacity:.6} .k-card-ghost{opacity:.4} .k-dragging{cursor:grabbing}
        .k-card-title{display:block;color:var(--fg);font-weight:600;padding-right:26px;line-height:1.35} .k-card-facts{display:flex;flex-wrap:wrap;gap:1px var(--s-4);margin-top:3px;color:var(--fg-2);font-size:var(--fs-2)} .k-card-facts>span{min-width:0;overflow-wrap:anywhere} .k-card-foot{display:flex;flex-wrap:wrap;align-items:center;gap:2px var(--s-3);margin-top:4px;min-height:22px} .k-card-foot .k-avatar{margin-left:auto}
        .k-mark-warn{display:inline-flex;align-items:center;gap:4px;font-size:var(--fs-1);color:var(--warn)} .k-mark-warn .k-icon{width:14px;height:14px}
        .k-card-menu{position:absolute;right:4px;top:6px} .k-card-menu>summary{display:grid;place-items:center;width:28px;height:28px;color:var(--fg-3)} .k-card-menu>summary:hover{background:var(--n-3);color:var(--fg)} .k-card-menu .k-menu-body{min-width:180px} .k-card-menu p{padding:4px 8px}
        .k-toast{position:fixed;left:50%;bottom:24px;translate:-50% 0;z-index:9;max-width:min(560px,calc(100vw - 24px));box-shadow:var(--shadow-2);margin:0}
        @media (max-width:640px){.k-board{scroll-snap-type:x proximity;margin-inline:calc(var(--s-4)*-1);padding-inline:var(--s-4)}.k-lane{flex:0 0 84vw;scroll-snap-align:center}.k-board-keys{display:none}.k-toast{bottom:76px}.k-card-menu>summary{width:44px;height:44px;margin:-8px -6px 0 0}}
        }
        """
}
